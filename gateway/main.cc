#include <cstdlib>
#include <iostream>
#include <optional>

#include "common/logging/logger.h"
#include "common/options/load_options.h"
#include "common/program_log/foreign_logs.h"
#include "common/signals/broken_pipes.h"
#include "common/signals/crash_report.h"
#include "common/signals/shutdown_signal.h"
#include "gateway/app/gateway_app.h"
#include "gateway/app/gateway_config.h"
#include "gateway/app/health_check.h"

namespace {

int RunHealthCheck(const wanwu::gateway::GatewayConfig& config) {
  const absl::Status status = wanwu::gateway::CheckHealth(config);
  if (status.ok()) return EXIT_SUCCESS;
  std::cerr << "wanwu-gateway: " << status.message() << '\n';
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  const wanwu::gateway::LoadedGatewayConfig loaded =
      wanwu::gateway::LoadGatewayConfig(
          wanwu::options::ProcessInputs(argc, argv));
  const std::optional<int> exit_code = wanwu::options::Report(
      loaded.result, wanwu::gateway::GatewayProgram(), std::cout, std::cerr);
  if (exit_code.has_value()) return *exit_code;
  if (loaded.config.check_health) return RunHealthCheck(loaded.config);

  const wanwu::options::Program program = wanwu::gateway::GatewayProgram();
  wanwu::signals::ReportCrashes(program.name + " " + program.version, argc,
                                argv);
  wanwu::signals::IgnoreBrokenPipes();
  const wanwu::signals::ShutdownSignal signal;
  wanwu::logging::Logger log(
      {.format = loaded.config.log.format, .level = loaded.config.log.level});
  const wanwu::logging::ForeignLogs foreign(log);
  wanwu::gateway::GatewayApp app(loaded.config, log);
  const absl::Status status = app.Run(signal);
  if (status.ok()) return EXIT_SUCCESS;
  log.Error("gateway_failed", {{"error", std::string(status.message())}});
  return EXIT_FAILURE;
}
