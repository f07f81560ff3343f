#include "client/cli/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/bench_command.h"
#include "client/cli/classify_command.h"
#include "client/cli/display_width.h"
#include "client/cli/exit_code.h"
#include "client/cli/health_command.h"
#include "client/cli/merge_command.h"
#include "client/cli/models_command.h"
#include "client/cli/top_command.h"
#include "client/cli/tune_command.h"

namespace wanwu::cli {
namespace {

// Insertions, deletions and replacements that turn one word into the other.
std::size_t EditDistance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row;
  for (std::size_t j = 0; j <= to.size(); ++j) row.push_back(j);
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced =
          diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string Suggestion(const CLI::App& app, const std::string& word) {
  constexpr std::size_t kFarthest = 3;
  std::string nearest;
  std::size_t distance = kFarthest + 1;
  for (const CLI::App* command : app.get_subcommands({})) {
    const std::size_t own = EditDistance(word, command->get_name());
    if (own < distance) {
      distance = own;
      nearest = command->get_name();
    }
  }
  return nearest.empty() ? "see wanwu --help"
                         : "did you mean '" + nearest + "'?";
}

bool IsCommand(const CLI::App& app, const std::string& word) {
  const auto commands = app.get_subcommands({});
  return std::any_of(
      commands.begin(), commands.end(),
      [&word](const CLI::App* command) { return command->check_name(word); });
}

// The command whose arguments were being parsed, or the program itself.
std::string HelpCall(const CLI::App& app) {
  std::string call = app.get_name();
  for (auto parsed = app.get_subcommands(); !parsed.empty();
       parsed = parsed.front()->get_subcommands()) {
    call += ' ' + parsed.front()->get_name();
  }
  return call + " --help";
}

int UsageError(const std::string& message, const std::string& hint) {
  std::cerr << "wanwu: " << Printable(message) << "; " << hint << '\n';
  return kExitUsage;
}

void AddCommands(CLI::App& app, std::function<int()>& selected) {
  AddBenchCommand(app, selected);
  AddClassifyCommand(app, selected);
  AddHealthCommand(app, selected);
  AddMergeCommand(app, selected);
  AddModelsCommand(app, selected);
  AddTopCommand(app, selected);
  AddTuneCommand(app, selected);
  app.set_version_flag("--version", "wanwu " WANWU_VERSION,
                       "Print the version and exit");
  for (CLI::App* command : app.get_subcommands({})) {
    command->set_version_flag("--version", "wanwu " WANWU_VERSION,
                              "Print the version and exit");
  }
}

}  // namespace

int RunCommandLine(int argc, const char* const* argv) {
  CLI::App app("Command-line client of wanwu-server, the image classifier",
               "wanwu");
  std::function<int()> selected;
  AddCommands(app, selected);
  app.require_subcommand(1);
  app.footer("See wanwu COMMAND --help for a command's options.");

  const std::string first = argc > 1 ? argv[1] : "";
  if (argc < 2) return UsageError("a command is missing", "see wanwu --help");
  if (!first.starts_with('-') && !IsCommand(app, first)) {
    return UsageError("unknown command '" + first + "'",
                      Suggestion(app, first));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    app.exit(asked);
    return std::cout.flush() ? kExitOk : kExitFailed;
  } catch (const CLI::ParseError& error) {
    return UsageError(error.what(), "see " + HelpCall(app));
  }
  return selected();
}

}  // namespace wanwu::cli
