#include "client/cli/models_admin_command.h"

#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/cli/connection.h"
#include "client/cli/display_width.h"
#include "client/cli/models_output.h"
#include "client/cli/models_table.h"
#include "client/lib/admin_client.h"

namespace wanwu::cli {
namespace {

constexpr char kFooter[] =
    "Prints what is served then, as \"wanwu models\" does.\n"
    "\n"
    "Exit code: 0 done, 1 not done, 2 wrong usage, 3 no server reached.";

struct AdminOptions {
  ConnectionOptions connection;
  std::string name;
  std::string version;
  ModelsFormat format = ModelsFormat::kTable;
};

using Action = std::function<absl::Status(
    client::AdminClient&, const AdminOptions&, client::Deadline)>;

// What an operator does to a model.
struct ActionText {
  const char* name;
  const char* description;
  const char* model;
  // Null: it takes none.
  const char* version;
};

std::string Line(const AdminOptions& options, const absl::Status& failed) {
  const std::string& address = options.connection.address;
  if (absl::IsUnimplemented(failed)) {
    return absl::StrCat(
        "wanwu: ", Printable(address),
        " is not an admin listener: name what wanwu-server was given as "
        "--admin_address, not its --listen_address (UNIMPLEMENTED)\n");
  }
  if (absl::IsDeadlineExceeded(failed)) {
    return "wanwu: no answer before the time-out; the server goes on with it, "
           "see \"wanwu models\" (DEADLINE_EXCEEDED)\n";
  }
  return ErrorLine("", failed);
}

absl::StatusOr<v1::ListModelsResponse> ListServed(client::AdminClient& client,
                                                  client::Deadline deadline) {
  absl::StatusOr<v1::GetStatusResponse> status = client.GetStatus(deadline);
  if (!status.ok()) return status.status();
  v1::ListModelsResponse served;
  served.set_default_model(status->default_model());
  *served.mutable_models() = std::move(*status->mutable_models());
  return served;
}

int RunAction(const AdminOptions& options, const Action& action) {
  HoldGrpc();
  client::AdminClient client(options.connection.channel);
  if (!ConnectOrExplain(client, options.connection, std::cerr)) {
    return kExitUnreachable;
  }
  const client::Deadline deadline = DeadlineIn(options.connection.timeout);
  const absl::Status status = action(client, options, deadline);
  if (!status.ok()) {
    std::cerr << Line(options, status);
    return kExitFailed;
  }
  return ShowModels(ListServed(client, deadline), options.format, ModelsTable);
}

void AddAction(CLI::App& models, const ActionText& text, const Action& action,
               std::function<int()>& selected) {
  const auto options = std::make_shared<AdminOptions>();
  CLI::App& command = *models.add_subcommand(text.name, text.description);
  command.add_option("name", options->name, text.model)
      ->type_name("NAME")
      ->required();
  if (text.version != nullptr) {
    command.add_option("--version,--model_version", options->version,
                       text.version);
  }
  AddAdminConnectionOptions(command, options->connection);
  AddModelsFormat(command, options->format);
  command.footer(kFooter);
  command.callback([options, action, &selected] {
    selected = [options, action] { return RunAction(*options, action); };
  });
}

// Else they would be lost without a word.
void RefuseOptionsBefore(CLI::App& models) {
  for (CLI::App* command : models.get_subcommands({})) {
    command->preparse_callback([&models, command](std::size_t) {
      for (const CLI::Option* option : models.get_options()) {
        if (option->count() == 0) continue;
        throw CLI::ValidationError(
            absl::StrCat(option->get_name(), " goes with listing; options of ",
                         command->get_name(), " come behind it"));
      }
    });
  }
}

}  // namespace

void AddModelsAdminCommands(CLI::App& models, std::function<int()>& selected) {
  using client::AdminClient;
  AddAction(
      models,
      {.name = "load",
       .description = "Load a model, anew if it is there, while serving",
       .model = "Model of the server's repository",
       .version = "Only this version, beside those served; default: those "
                  "that --version_policy wants"},
      [](AdminClient& client, const AdminOptions& options,
         client::Deadline deadline) {
        return client.LoadModel(options.name, options.version, deadline);
      },
      selected);
  AddAction(
      models,
      {.name = "unload",
       .description = "Take a model out of service until it is loaded again",
       .model = "Model that is served",
       .version = "Only this version; default: all"},
      [](AdminClient& client, const AdminOptions& options,
         client::Deadline deadline) {
        return client.UnloadModel(options.name, options.version, deadline);
      },
      selected);
  AddAction(
      models,
      {.name = "default",
       .description = "Make a model the one that requests mean which name none",
       .model = "Model that is served",
       .version = nullptr},
      [](AdminClient& client, const AdminOptions& options,
         client::Deadline deadline) {
        return client.SetDefaultModel(options.name, deadline);
      },
      selected);
  RefuseOptionsBefore(models);
}

}  // namespace wanwu::cli
