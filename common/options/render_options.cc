#include "common/options/render_options.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace wanwu::options {
namespace {

constexpr size_t kColumns = 80;

// Columns that UTF-8 text takes, all of whose characters are one wide.
size_t Width(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Wrapped(absl::string_view text, size_t indent) {
  const std::string margin(indent, ' ');
  std::string out;
  size_t column = 0;
  for (const absl::string_view word :
       absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const size_t width = Width(word);
    if (column > 0 && column + 1 + width > kColumns) {
      out += '\n';
      column = 0;
    }
    absl::StrAppend(&out, column == 0 ? margin : " ", word);
    column += (column == 0 ? indent : 1) + width;
  }
  return out + "\n";
}

std::string RenderOption(const Option& option) {
  const OptionText& text = option.text;
  const std::string value = option.bare_use == BareUse::kMeansTrue
                                ? absl::StrCat("[=", option.placeholder, "]")
                                : absl::StrCat("=", option.placeholder);
  const std::string allowed = option.expected == option.placeholder
                                  ? std::string()
                                  : absl::StrCat(RenderAllowed(option), "; ");
  return absl::StrCat(
      "  ", FlagName(text.name), value, "\n", Wrapped(text.help, 6),
      Wrapped(
          absl::StrCat("[default ",
                       text.default_shown.empty() ? "none" : text.default_shown,
                       "; ", allowed, VariableName(text.name), "]"),
          6));
}

}  // namespace

std::string RenderAllowed(const Option& option) {
  return option.text.unit.empty()
             ? option.expected
             : absl::StrCat(option.expected, " ", option.text.unit);
}

std::string RenderHelp(const Program& program, const OptionTable& table) {
  std::string out = absl::StrCat(
      Wrapped(absl::StrCat(program.name, " ", program.version, ": ",
                           program.summary),
              0),
      "\nUsage: ", program.name, " [--option=value]...\n\n",
      Wrapped("Each option is also a key of the YAML config file (option: "
              "value) and an environment variable (WANWU_OPTION). A flag wins "
              "over the file, the file over the environment.",
              0),
      "\nGeneral\n"
      "  --config=FILE\n"
      "      YAML config file. [default none; WANWU_CONFIG]\n"
      "  --print_config\n"
      "      Print the values in force, each with its origin, and exit.\n"
      "  --version\n"
      "      Print the version and exit.\n"
      "  --help, -h\n"
      "      Print this text and exit.\n");
  std::string group;
  for (const Option& option : table.options()) {
    if (option.group != group) {
      group = option.group;
      absl::StrAppend(&out, "\n", group, "\n");
    }
    absl::StrAppend(&out, RenderOption(option));
  }
  return out;
}

std::string RenderConfig(const OptionTable& table) {
  YAML::Emitter yaml;
  yaml << YAML::BeginMap;
  for (const Option& option : table.options()) {
    yaml << YAML::Key << option.text.name << YAML::Value << option.value()
         << YAML::Comment(option.origin);
  }
  yaml << YAML::EndMap;
  return absl::StrCat(yaml.c_str(), "\n");
}

}  // namespace wanwu::options
