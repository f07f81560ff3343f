#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/options/value_types.h"

namespace wanwu::options {

// What people read about an option.
struct OptionText {
  std::string name;  // snake_case, unique
  std::string unit;  // what a bare number counts; empty where the value says it
  std::string help;  // one sentence
  // Stands for a default that depends on the machine. Empty: the value itself.
  std::string default_shown = {};
};

// May an option be given without a value, which then is "true"?
enum class BareUse { kNeedsValue, kMeansTrue };

// One option, bound to the variable that holds its value.
struct Option {
  OptionText text;
  std::string group;
  std::string placeholder;
  std::string expected;
  BareUse bare_use = BareUse::kNeedsValue;
  std::string origin;  // where the value came from: "default", "flag", …

  // Assigns only if the value is allowed; else the message says why it is not.
  std::function<absl::Status(std::string_view)> set = {};
  std::function<std::string()> value = {};
};

std::string FlagName(std::string_view name);      // "--some_name"
std::string VariableName(std::string_view name);  // "WANWU_SOME_NAME"

// Every option of a program, in the order of its help, each defined in one
// place. Holds pointers to the bound variables, which must outlive it; their
// values when added are the defaults. Not thread-safe.
class OptionTable {
 public:
  OptionTable() = default;
  OptionTable(const OptionTable&) = delete;
  OptionTable& operator=(const OptionTable&) = delete;

  // Heads the options added from here on.
  void Group(std::string title) { group_ = std::move(title); }

  template <typename T>
  void Add(OptionText text, T* variable, ValueType<T> type) {
    Option option{.text = std::move(text),
                  .group = group_,
                  .placeholder = type.placeholder,
                  .expected = type.expected,
                  .origin = "default"};
    if constexpr (std::is_same_v<T, bool>) {
      option.bare_use = BareUse::kMeansTrue;
    }
    option.set = [variable, parse = type.parse](std::string_view value) {
      absl::StatusOr<T> parsed = parse(value);
      if (parsed.ok()) *variable = *std::move(parsed);
      return parsed.status();
    };
    option.value = [variable, format = type.format] {
      return format(*variable);
    };
    AddOption(std::move(option));
  }

  // A condition over several options. `violation` gives what is wrong, or an
  // empty string; it is asked only when each named option has an allowed value.
  void Require(std::vector<std::string> names,
               std::function<std::string()> violation);

  // Two files, by the names of their options, that are given both or neither:
  // a certificate and its key.
  void RequireKeyPair(const std::string& certificate_name,
                      const std::string& certificate,
                      const std::string& key_name, const std::string& key);

  // Null if there is none.
  Option* Find(std::string_view name);
  const std::vector<Option>& options() const { return options_; }
  std::vector<std::string> Names() const;

  // One line per broken condition, with the values at fault and their origins.
  // Conditions over an option in `mistaken` are left out.
  std::vector<std::string> BrokenConditions(
      const std::set<std::string>& mistaken) const;

  // Everything that is wrong with the variables as they are now: for a
  // configuration that was filled in by code. Empty: all is well.
  std::vector<std::string> Check();

 private:
  struct Condition {
    std::vector<std::string> names;
    std::function<std::string()> violation;
  };

  void AddOption(Option option);
  const Option& Get(std::string_view name) const;

  std::string group_;
  std::vector<Option> options_;
  std::vector<Condition> conditions_;
};

}  // namespace wanwu::options
