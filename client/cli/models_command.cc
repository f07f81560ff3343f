#include "client/cli/models_command.h"

#include <iostream>
#include <memory>
#include <string>

#include "client/cli/connection.h"
#include "client/cli/exit_code.h"
#include "client/cli/models_admin_command.h"
#include "client/cli/models_output.h"
#include "client/cli/models_table.h"

namespace wanwu::cli {
namespace {

constexpr char kFooter[] =
    "With json the server's answer is one object on one line, as in the "
    "proto's\n"
    "JSON mapping: ListModelsResponse, or with NAME a Model.\n"
    "\n"
    "Exit code: 0 done, 1 no such model or the call failed, 2 wrong usage, 3 "
    "no\n"
    "server reached.";

struct ModelsOptions {
  ConnectionOptions connection;
  std::string name;
  std::string version;
  ModelsFormat format = ModelsFormat::kTable;
};

int RunModels(const ModelsOptions& options) {
  const auto client = MakeClient(options.connection);
  if (!ConnectOrExplain(*client, options.connection, std::cerr)) {
    return kExitUnreachable;
  }
  const client::Deadline deadline = DeadlineIn(options.connection.timeout);
  if (options.name.empty()) {
    return ShowModels(client->ListModels(deadline), options.format,
                      ModelsTable);
  }
  return ShowModels(client->GetModel(options.name, options.version, deadline),
                    options.format, ModelDetails);
}

}  // namespace

void AddModelsCommand(CLI::App& app, std::function<int()>& selected) {
  const auto options = std::make_shared<ModelsOptions>();
  CLI::App& command = *app.add_subcommand(
      "models", "List the server's models, describe one, load and unload them");
  CLI::Option* name =
      command.add_option("name", options->name, "Describe this model")
          ->type_name("NAME");
  command
      .add_option("--model_version", options->version,
                  "Describe this version; default: the newest")
      ->needs(name);
  AddConnectionOptions(command, options->connection);
  AddModelsFormat(command, options->format);
  AddModelsAdminCommands(command, selected);
  command.footer(kFooter);
  command.callback([options, &command, &selected] {
    if (!command.get_subcommands().empty()) return;
    selected = [options] { return RunModels(*options); };
  });
}

}  // namespace wanwu::cli
