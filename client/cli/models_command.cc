#include "client/cli/models_command.h"

#include <unistd.h>

#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "client/cli/choice_option.h"
#include "client/cli/connection.h"
#include "client/cli/error_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/models_table.h"
#include "client/lib/proto_json.h"

namespace wanwu::cli {
namespace {

enum class Format { kTable, kJson };

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
  Format format = Format::kTable;
};

template <typename Response, typename Table>
int Show(const absl::StatusOr<Response>& response, Format format, Table table) {
  if (!response.ok()) {
    std::cerr << ErrorLine("", response.status());
    return kExitFailed;
  }
  std::cout << (format == Format::kJson
                    ? client::ToJson(*response) + '\n'
                    : table(*response, PaletteFor(STDOUT_FILENO)));
  return std::cout.flush() ? kExitOk : kExitFailed;
}

int RunModels(const ModelsOptions& options) {
  const auto client = MakeClient(options.connection);
  if (!ConnectOrExplain(*client, options.connection, std::cerr)) {
    return kExitUnreachable;
  }
  const client::Deadline deadline = DeadlineIn(options.connection.timeout);
  if (options.name.empty()) {
    return Show(client->ListModels(deadline), options.format, ModelsTable);
  }
  return Show(client->GetModel(options.name, options.version, deadline),
              options.format, ModelDetails);
}

}  // namespace

void AddModelsCommand(CLI::App& app, std::function<int()>& selected) {
  const auto options = std::make_shared<ModelsOptions>();
  CLI::App& command = *app.add_subcommand(
      "models", "List the server's models, or describe one");
  CLI::Option* name =
      command.add_option("name", options->name, "Describe this model")
          ->type_name("NAME");
  command
      .add_option("--model_version", options->version,
                  "Describe this version; default: the newest")
      ->needs(name);
  AddConnectionOptions(command, options->connection);
  const std::map<std::string, Format> formats = {{"table", Format::kTable},
                                                 {"json", Format::kJson}};
  AddChoice(command, {"--output", "Format of the answer"}, formats,
            options->format);
  command.footer(kFooter);
  command.callback([options, &selected] {
    selected = [options] { return RunModels(*options); };
  });
}

}  // namespace wanwu::cli
