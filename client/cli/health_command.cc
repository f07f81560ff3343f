#include "client/cli/health_command.h"

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "client/cli/connection.h"
#include "client/cli/error_text.h"
#include "client/cli/exit_code.h"

namespace wanwu::cli {
namespace {

using client::HealthState;
using grpc::health::v1::HealthCheckResponse;

// Between two watches while the server comes and goes.
constexpr std::chrono::milliseconds kRewatchDelay{100};

constexpr char kFooter[] =
    "Prints the state: SERVING, NOT_SERVING, SERVICE_UNKNOWN or UNKNOWN.\n"
    "\n"
    "Exit code: 0 SERVING, 1 any other state, 2 wrong usage, 3 no server\n"
    "reached. With --watch 1 if the server ends the watch.";

struct HealthOptions {
  ConnectionOptions connection;
  std::string service;
  bool watch = false;
  // Zero: do not wait.
  std::chrono::milliseconds wait{0};
};

void Print(HealthState state) {
  std::cout << HealthCheckResponse::ServingStatus_Name(state) << std::endl;
}

int Conclude(HealthState state) {
  Print(state);
  return state == HealthCheckResponse::SERVING ? kExitOk : kExitFailed;
}

int CheckOnce(client::ClassifierClient& client, const HealthOptions& options) {
  const absl::StatusOr<HealthState> state = client.CheckHealth(
      options.service, DeadlineIn(options.connection.timeout));
  if (state.ok()) return Conclude(*state);
  if (absl::IsNotFound(state.status())) {
    return Conclude(HealthCheckResponse::SERVICE_UNKNOWN);
  }
  std::cerr << ErrorLine("", state.status());
  return kExitFailed;
}

int WatchForever(client::ClassifierClient& client,
                 const HealthOptions& options) {
  const auto watch =
      client.WatchHealth(options.service, client::Deadline::max());
  while (const auto state = watch->Next()) {
    Print(*state);
    if (!std::cout) return kExitBrokenPipe;
  }
  std::cerr << ErrorLine("", watch->Finish());
  return kExitFailed;
}

// Watches until the service is SERVING, over as many connections as it takes.
int WaitForServing(client::ClassifierClient& client,
                   const HealthOptions& options) {
  const client::Deadline deadline = DeadlineIn(options.wait);
  std::optional<HealthState> last;
  for (;;) {
    const auto watch = client.WatchHealth(options.service, deadline);
    while (const auto state = watch->Next()) {
      if (state == HealthCheckResponse::SERVING) return Conclude(*state);
      last = state;
    }
    const absl::Status end = watch->Finish();
    if (absl::IsUnimplemented(end)) {
      std::cerr << ErrorLine("", end);
      return kExitFailed;
    }
    if (std::chrono::system_clock::now() + kRewatchDelay >= deadline) break;
    std::this_thread::sleep_for(kRewatchDelay);
  }
  if (last) return Conclude(*last);
  return ConnectOrExplain(client, options.connection, std::cerr)
             ? kExitFailed
             : kExitUnreachable;
}

int RunHealth(const HealthOptions& options) {
  const auto client = MakeClient(options.connection);
  if (options.wait.count() > 0) return WaitForServing(*client, options);
  if (!ConnectOrExplain(*client, options.connection, std::cerr)) {
    return kExitUnreachable;
  }
  return options.watch ? WatchForever(*client, options)
                       : CheckOnce(*client, options);
}

}  // namespace

void AddHealthCommand(CLI::App& app, std::function<int()>& selected) {
  const auto options = std::make_shared<HealthOptions>();
  CLI::App& command =
      *app.add_subcommand("health", "Say whether the server is serving");
  AddConnectionOptions(command, options->connection);
  command.add_option(
      "--service", options->service,
      "Service, such as wanwu.v1.ImageClassifier; default: the whole server");
  CLI::Option* watch = command.add_flag("--watch", options->watch,
                                        "Print each change until interrupted");
  AddDuration(command, "--wait", options->wait,
              "Wait for SERVING, and for the server to be there at all")
      ->excludes(watch);
  command.footer(kFooter);
  command.callback([options, &selected] {
    selected = [options] { return RunHealth(*options); };
  });
}

}  // namespace wanwu::cli
