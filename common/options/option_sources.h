#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/options/option_table.h"

// Turns flags, the config file and environment variables into settings. None
// of these functions throws or judges a value.
namespace wanwu::options {

// One value somebody gave.
struct Setting {
  std::string name;  // of an option in the table
  std::string value;
  std::string origin;   // "flag", "environment" or "FILE:LINE"
  std::string written;  // how it was given: "--lanes=2 (flag)"
};

// What every program answers besides its own options.
enum class Request { kRun, kPrintConfig, kPrintVersion, kPrintHelp };

struct CommandLine {
  Request request = Request::kRun;
  std::optional<std::string> config_file;
  std::vector<Setting> settings;  // later ones win
  std::vector<std::string> mistakes;
};

// Takes --name=value, --name value and, for a switch, --name alone.
CommandLine ReadCommandLine(std::span<const std::string> arguments,
                            OptionTable& table);

struct SourceSettings {
  std::vector<Setting> settings;
  std::vector<std::string> mistakes;
};

SourceSettings ReadFileSettings(const std::string& path, OptionTable& table);

struct Environment {
  std::optional<std::string> config_file;
  std::vector<Setting> settings;
  std::vector<std::string> warnings;  // about WANWU_* that nobody knows
};

// `variables` are "NAME=value". Those in `foreign` belong to other programs of
// ours; they and what Kubernetes sets for a Service called wanwu… are passed
// over in silence.
Environment ReadEnvironment(std::span<const std::string> variables,
                            std::span<const std::string> foreign,
                            OptionTable& table);

// `text` on one line and safe for a terminal.
std::string Printable(std::string_view text);

}  // namespace wanwu::options
