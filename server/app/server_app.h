#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "batching/clock.h"
#include "common/logging/logger.h"
#include "common/logging/rate_limited_log.h"
#include "common/signals/reload_signal.h"
#include "common/signals/shutdown_signal.h"
#include "common/tracing/program_tracing.h"
#include "server/admin/admin_server.h"
#include "server/app/cpu_budget.h"
#include "server/app/lane_plan.h"
#include "server/app/memory_plan.h"
#include "server/app/model_loader.h"
#include "server/app/model_manager.h"
#include "server/app/model_thread.h"
#include "server/app/readiness.h"
#include "server/app/security.h"
#include "server/app/server_actions.h"
#include "server/app/server_config.h"
#include "server/app/wake_event.h"
#include "server/metrics/answer_counters.h"
#include "server/model/batch_time_store.h"
#include "server/model/model_repository.h"
#include "server/ops/operator_listener.h"
#include "server/ops/operator_pages.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/model_catalog.h"
#include "server/rpc/grpc_server.h"
#include "server/rpc/health_state.h"
#include "server/rpc/request_record.h"
#include "server/rpc/server_run.h"

namespace wanwu::app {

// The whole server: builds its parts in order, starts, serves and drains.
class ServerApp {
 public:
  // `in_force` tells operators the options. `log` must outlive the app.
  ServerApp(const ServerConfig& config, std::string in_force,
            logging::Logger& log);

  // Listens, loads the models, serves until `signal`, drains; at each `reload`
  // looks at the repository again. Both must outlive the app. Errors are what
  // keeps it from serving: no package, a default model that cannot be loaded,
  // an address that cannot be had.
  absl::Status Run(const signals::ShutdownSignal& signal,
                   signals::ReloadSignal& reload);

 private:
  absl::Status ScanRepository();
  void Build(const signals::ShutdownSignal& signal,
             signals::ReloadSignal& reload);
  absl::Status OpenSecurity();
  rpc::GrpcServerParts ServerParts();
  absl::Status Listen();
  // From now on callers can come.
  absl::Status Accept();
  absl::Status ListenForOperators();
  absl::Status ListenForAdmin();
  absl::Status LoadModels(const signals::ShutdownSignal& signal);
  void ServeUntil(const signals::ShutdownSignal& signal);
  void KeepBatchTimes();
  // Runs until it is destroyed.
  std::jthread StartUpkeep();
  std::jthread StartWatchdog();
  void Drain();

  const ServerConfig config_;
  const std::string in_force_;
  const CpuBudget cpus_;
  const LanePlan lanes_;
  MemoryPlan memory_;
  logging::Logger& log_;
  rpc::ServerRun run_;

  // In the order in which they are built; destroyed the other way round.
  logging::RateLimitedLog error_log_;
  logging::AccessLog access_log_;
  tracing::ProgramTracing tracing_;
  metrics::AnswerCounters answers_;
  metrics::RequestCounters requests_{rpc::CountedMethods(),
                                     rpc::CountedReasons()};
  batching::SteadyClock clock_;
  rpc::HealthState health_;
  model::BatchTimeStore batch_time_store_;
  model::RepositoryListing repository_;
  std::unique_ptr<Security> security_;
  std::shared_ptr<WakeEvent> models_wake_;
  std::unique_ptr<pipeline::ModelCatalog> catalog_;
  std::unique_ptr<Readiness> readiness_;
  std::unique_ptr<pipeline::ClassifyPipeline> pipeline_;
  std::unique_ptr<ModelLoader> loader_;
  std::unique_ptr<ModelManager> models_;
  std::unique_ptr<ModelThread> model_thread_;
  std::unique_ptr<ServerActions> actions_;
  std::unique_ptr<rpc::GrpcServer> grpc_server_;
  std::unique_ptr<ops::OperatorPages> operator_pages_;
  std::unique_ptr<ops::OperatorListener> operator_listener_;
  std::unique_ptr<admin::AdminServer> admin_server_;
  std::jthread watchdog_;
};

}  // namespace wanwu::app
