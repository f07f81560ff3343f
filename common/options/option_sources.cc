#include "common/options/option_sources.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/options/config_file.h"
#include "common/options/did_you_mean.h"

namespace wanwu::options {
namespace {

constexpr absl::string_view kFlagPrefix = "--";
constexpr absl::string_view kVariablePrefix = "WANWU_";
constexpr absl::string_view kConfigName = "config";

std::string DidYouMean(const std::string& suggestion) {
  return suggestion.empty() ? std::string()
                            : absl::StrCat("; did you mean ", suggestion, "?");
}

class CommandLineReader {
 public:
  CommandLineReader(std::span<const std::string> arguments, OptionTable& table)
      : arguments_(arguments), table_(table) {}

  CommandLine Read() {
    while (next_ < arguments_.size()) ReadArgument(arguments_[next_++]);
    return std::move(line_);
  }

 private:
  void ReadArgument(const std::string& argument) {
    if (argument == "-h") {
      ReadRequest("help");
    } else if (!absl::StartsWith(argument, kFlagPrefix) ||
               argument.size() == kFlagPrefix.size()) {
      Mistake(absl::StrCat("'", Printable(argument),
                           "': unexpected argument; options are written "
                           "--name=value"));
    } else {
      ReadFlag(argument.substr(kFlagPrefix.size()));
    }
  }

  // `flag` is "name" or "name=value".
  void ReadFlag(const std::string& flag) {
    const size_t equals = flag.find('=');
    const std::string name = flag.substr(0, equals);
    std::optional<std::string> value;
    if (equals != std::string::npos) value = flag.substr(equals + 1);

    const Option* const option = table_.Find(name);
    if (option != nullptr) {
      ReadOption(*option, value);
    } else if (name == kConfigName) {
      ReadConfigName(value);
    } else if (value.has_value() || !ReadRequest(name)) {
      ReadUnknown(name, value);
    }
  }

  void ReadOption(const Option& option,
                  const std::optional<std::string>& given) {
    const std::string& name = option.text.name;
    const std::optional<std::string> value =
        given.has_value() ? given : FollowingValue(option.bare_use);
    if (!value.has_value()) {
      MissingValue(name, option.placeholder);
      return;
    }
    line_.settings.push_back(
        {.name = name,
         .value = *value,
         .origin = "flag",
         .written =
             absl::StrCat(FlagName(name), "=", Printable(*value), " (flag)")});
  }

  void ReadConfigName(const std::optional<std::string>& given) {
    const std::optional<std::string> value =
        given.has_value() ? given : FollowingValue(BareUse::kNeedsValue);
    if (!value.has_value()) {
      MissingValue("config", "FILE");
    } else {
      line_.config_file = *value;
    }
  }

  bool ReadRequest(const std::string& name) {
    Request request = Request::kRun;
    if (name == "print_config") request = Request::kPrintConfig;
    if (name == "version") request = Request::kPrintVersion;
    if (name == "help") request = Request::kPrintHelp;
    line_.request = std::max(line_.request, request);
    return request != Request::kRun;
  }

  std::optional<std::string> FollowingValue(BareUse bare_use) {
    if (next_ < arguments_.size() &&
        !absl::StartsWith(arguments_[next_], kFlagPrefix)) {
      return arguments_[next_++];
    }
    if (bare_use == BareUse::kMeansTrue) return "true";
    return std::nullopt;
  }

  void ReadUnknown(const std::string& name,
                   const std::optional<std::string>& value) {
    std::vector<std::string> names = table_.Names();
    for (const char* own : {"config", "help", "print_config", "version"}) {
      names.push_back(own);
    }
    const std::string near = Suggest(name, names);
    const std::string flag = value.has_value() ? name + "=" + *value : name;
    Mistake(absl::StrCat("--", Printable(flag), " (flag): unknown option",
                         DidYouMean(near.empty() ? near : FlagName(near))));
    // So that one slip gives one line, not a second one about its value.
    if (!value.has_value()) FollowingValue(BareUse::kNeedsValue);
  }

  void MissingValue(const std::string& name, absl::string_view placeholder) {
    Mistake(absl::StrCat(FlagName(name), " (flag): no value; write ",
                         FlagName(name), "=", placeholder));
  }

  void Mistake(std::string message) {
    line_.mistakes.push_back(std::move(message));
  }

  const std::span<const std::string> arguments_;
  OptionTable& table_;
  size_t next_ = 0;
  CommandLine line_;
};

// Kubernetes gives each container variables for each Service of its namespace:
// a Service called wanwu-server makes WANWU_SERVER_PORT and so on.
bool IsServiceLink(absl::string_view name) {
  if (absl::EndsWith(name, "_SERVICE_HOST") || absl::EndsWith(name, "_PORT") ||
      absl::StrContains(name, "_SERVICE_PORT_")) {
    return true;
  }
  constexpr absl::string_view kPort = "_PORT_";  // then 8500_TCP_ADDR
  const size_t port = name.find(kPort);
  if (port == absl::string_view::npos) return false;
  name.remove_prefix(port + kPort.size());
  return !name.empty() &&
         absl::ascii_isdigit(static_cast<unsigned char>(name.front()));
}

std::string UnknownVariable(const std::string& variable, OptionTable& table) {
  const std::string near =
      Suggest(variable.substr(kVariablePrefix.size()), table.Names());
  return absl::StrCat(Printable(variable),
                      " (environment): unknown variable, ignored",
                      DidYouMean(near.empty() ? near : VariableName(near)));
}

}  // namespace

std::string Printable(std::string_view text) {
  return absl::Utf8SafeCHexEscape(absl::string_view(text.data(), text.size()));
}

CommandLine ReadCommandLine(std::span<const std::string> arguments,
                            OptionTable& table) {
  return CommandLineReader(arguments, table).Read();
}

SourceSettings ReadFileSettings(const std::string& path, OptionTable& table) {
  ConfigFile file = ReadConfigFile(path);
  SourceSettings read{.settings = {}, .mistakes = std::move(file.mistakes)};
  for (const ConfigEntry& entry : file.entries) {
    const std::string place = absl::StrCat(path, ":", entry.line);
    if (table.Find(entry.key) != nullptr) {
      read.settings.push_back(
          {.name = entry.key,
           .value = entry.value,
           .origin = place,
           .written = absl::StrCat(place, ": ", entry.key, ": ",
                                   Printable(entry.value))});
      continue;
    }
    const std::string near = Suggest(entry.key, table.Names());
    read.mistakes.push_back(absl::StrCat(
        place, ": unknown key '", Printable(entry.key), "'",
        DidYouMean(near.empty() ? near : absl::StrCat("'", near, "'"))));
  }
  return read;
}

Environment ReadEnvironment(std::span<const std::string> variables,
                            std::span<const std::string> foreign,
                            OptionTable& table) {
  Environment environment;
  for (const std::string& variable : variables) {
    if (!absl::StartsWith(variable, kVariablePrefix)) continue;
    // Set to nothing, as scripts and compose files do it, is not set.
    if (absl::EndsWith(variable, "=") &&
        variable.find('=') == variable.size() - 1) {
      continue;
    }
    const size_t equals = std::min(variable.find('='), variable.size());
    const std::string name = variable.substr(0, equals);
    const std::string value =
        variable.substr(std::min(equals + 1, variable.size()));

    const auto& options = table.options();
    const auto option = std::find_if(
        options.begin(), options.end(), [&](const Option& candidate) {
          return VariableName(candidate.text.name) == name;
        });
    if (option != options.end()) {
      environment.settings.push_back(
          {.name = option->text.name,
           .value = value,
           .origin = "environment",
           .written =
               absl::StrCat(name, "=", Printable(value), " (environment)")});
    } else if (name == VariableName("config")) {
      environment.config_file = value;
    } else if (std::find(foreign.begin(), foreign.end(), name) ==
                   foreign.end() &&
               !IsServiceLink(name)) {
      environment.warnings.push_back(UnknownVariable(name, table));
    }
  }
  return environment;
}

}  // namespace wanwu::options
