#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "common/logging/logger.h"
#include "common/options/load_options.h"
#include "common/program_log/foreign_logs.h"
#include "common/signals/broken_pipes.h"
#include "common/signals/crash_report.h"
#include "common/signals/reload_signal.h"
#include "common/signals/shutdown_signal.h"
#include "server/app/cpu_budget.h"
#include "server/app/idle_spin.h"
#include "server/app/lane_plan.h"
#include "server/app/server_app.h"
#include "server/app/server_config.h"

int main(int argc, char** argv) {
  using wanwu::app::LoadedServerConfig;
  wanwu::signals::IgnoreHangUp();
  const LoadedServerConfig loaded =
      wanwu::app::LoadServerConfig(wanwu::options::ProcessInputs(argc, argv));
  absl::Status spin_limited;
  if (loaded.result.outcome == wanwu::options::Outcome::kRun) {
    spin_limited = wanwu::app::LimitIdleSpin(
        wanwu::app::PlanLanes(loaded.config, wanwu::app::ReadCpuBudget()),
        argv);
  }
  const std::optional<int> exit_code = wanwu::options::Report(
      loaded.result, wanwu::app::ServerProgram(), std::cout, std::cerr);
  if (exit_code.has_value()) return *exit_code;

  const wanwu::options::Program program = wanwu::app::ServerProgram();
  wanwu::signals::ReportCrashes(program.name + " " + program.version, argc,
                                argv);
  wanwu::signals::IgnoreBrokenPipes();
  const wanwu::signals::ShutdownSignal signal;
  wanwu::signals::ReloadSignal reload;
  wanwu::logging::Logger log(
      {.format = loaded.config.log.format, .level = loaded.config.log.level});
  const wanwu::logging::ForeignLogs foreign_logs(log);
  if (!spin_limited.ok()) {
    log.Warning("idle_spin_not_limited",
                {{"reason", std::string(spin_limited.message())}});
  }
  wanwu::app::ServerApp app(loaded.config, loaded.in_force, log);
  const absl::Status status = app.Run(signal, reload);
  if (status.ok()) return EXIT_SUCCESS;
  log.Error("server_failed", {{"error", std::string(status.message())}});
  return EXIT_FAILURE;
}
