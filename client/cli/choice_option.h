#pragma once

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <map>
#include <string>

#include "client/cli/display_width.h"

namespace wanwu::cli {

struct OptionText {
  std::string name;
  std::string description;
};

// Adds an option that takes one of the words in `choices`. `value` holds the
// default and must be among them.
template <typename Value>
void AddChoice(CLI::App& command, const OptionText& text,
               const std::map<std::string, Value>& choices, Value& value) {
  std::string words;
  std::string default_word;
  for (const auto& [word, meaning] : choices) {
    words += (words.empty() ? "" : "|") + word;
    if (meaning == value) default_word = word;
  }
  const auto parse = [text, choices, words, &value](const std::string& word) {
    const auto choice = choices.find(word);
    if (choice == choices.end()) {
      throw CLI::ValidationError(
          text.name, "'" + Printable(word) + "' is not one of " + words);
    }
    value = choice->second;
  };
  command.add_option_function<std::string>(text.name, parse, text.description)
      ->type_name(words)
      ->default_str(default_word);
}

}  // namespace wanwu::cli
