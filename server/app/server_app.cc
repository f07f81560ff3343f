#include "server/app/server_app.h"

#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/signals/service_manager.h"
#include "common/signals/wait_for_stop.h"
#include "server/app/batch_size_keeper.h"
#include "server/app/memory_trimmer.h"
#include "server/app/part_options.h"
#include "server/app/watchdog.h"
#include "server/oip/inference_service.h"
#include "server/rpc/batch_spans.h"

namespace wanwu::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kPreferredModel[] = "resnet18";

// One size of one model each time; a batch of 8 costs one lane about 1 % of it.
constexpr std::chrono::seconds kUpkeepInterval{5};

// How long draining waits for messages that have begun to come.
constexpr milliseconds kLastMessages{1000};
constexpr std::chrono::seconds kWatchdogInterval{1};

// When every request is done, clients get this long to take their answers.
constexpr milliseconds kLastWords{1000};

std::vector<std::string> ReadinessKeys() {
  return {"", rpc::ClassifierService::kName, oip::InferenceMethods::kName,
          rpc::kReadiness};
}

std::vector<std::string> HealthKeys() {
  std::vector<std::string> keys = ReadinessKeys();
  keys.emplace_back(rpc::kLiveness);
  return keys;
}

std::filesystem::path BatchTimeFile(const ServerConfig& config) {
  if (config.state_dir.empty()) return {};
  return std::filesystem::path(config.state_dir) / "batch_times.json";
}

bool HasModel(const std::vector<model::PackageLocation>& packages,
              const std::string& name) {
  return std::any_of(packages.begin(), packages.end(),
                     [&](const auto& package) { return package.name == name; });
}

std::string ChooseDefaultModel(
    const ServerConfig& config,
    const std::vector<model::PackageLocation>& packages) {
  if (!config.default_model.empty()) return config.default_model;
  return HasModel(packages, kPreferredModel) ? kPreferredModel
                                             : packages.front().name;
}

absl::Status CheckDefaultModel(
    const ServerConfig& config,
    const std::vector<model::PackageLocation>& packages) {
  const std::string& name = config.default_model;
  if (name.empty() || HasModel(packages, name)) return absl::OkStatus();
  std::set<std::string> names;
  for (const auto& package : packages) names.insert(package.name);
  return absl::NotFoundError(absl::StrCat(
      "the default model ", name, " is not in ", config.model_repository,
      ", which has ", absl::StrJoin(names, ", ")));
}

// `status` of listening on what `option` says.
absl::Status WithAdvice(const absl::Status& status, const char* option) {
  if (!absl::IsUnavailable(status)) return status;
  return absl::UnavailableError(
      absl::StrCat(status.message(), "; set another --", option));
}

void LogEnd(int signal, logging::Logger& log) {
  if (signal == 0) return log.Info("drain_requested");
  log.Info("signal_received", {{"signal", signal}});
}

}  // namespace

ServerApp::ServerApp(const ServerConfig& config, std::string in_force,
                     logging::Logger& log)
    : config_(config),
      in_force_(std::move(in_force)),
      cpus_(ReadCpuBudget()),
      lanes_(PlanLanes(config, cpus_)),
      log_(log),
      run_{.version = WANWU_VERSION, .started_at = steady_clock::now()},
      error_log_(log, config.log.errors_per_second),
      access_log_(config.log.requests, log, error_log_),
      health_(HealthKeys()),
      batch_time_store_(BatchTimeFile(config)),
      models_wake_(std::make_shared<WakeEvent>()) {}

absl::Status ServerApp::Run(const signals::ShutdownSignal& signal,
                            signals::ReloadSignal& reload) {
  // glibc's eight heaps per CPU of the host keep what was once freed in each;
  // more threads than CPUs never allocate at once. Measured: 25 MB less.
  mallopt(M_ARENA_MAX, std::max(2, cpus_.count()));
  absl::StatusOr<MemoryPlan> memory = PlanMemory(config_, ReadMemoryLimit());
  if (!memory.ok()) return memory.status();
  memory_ = *memory;
  absl::Status status = ScanRepository();
  if (status.ok()) {
    status = tracing_.Open(config_.traces, "wanwu-server", WANWU_VERSION, log_);
  }
  if (!status.ok()) return status;
  Build(signal, reload);
  // Before anybody can ask: what is still to be loaded is not unknown.
  models_->Announce(repository_);
  status = OpenSecurity();
  if (status.ok()) status = Listen();
  if (status.ok()) status = ListenForOperators();
  if (status.ok()) status = ListenForAdmin();
  if (!status.ok()) return status;
  security_->WarnIfExposed(config_.listen_address, grpc_server_->local());
  status = LoadModels(signal);
  if (status.ok() && !signal.received()) {
    model_thread_->Start();
    run_.state.store(rpc::ServerState::kServing);
    if (!config_.accept_while_loading) status = Accept();
    readiness_->Begin();
    if (status.ok()) ServeUntil(signal);
  } else if (signal.received()) {
    LogEnd(signal.Wait(), log_);
  }
  Drain();
  return status;
}

void ServerApp::ServeUntil(const signals::ShutdownSignal& signal) {
  log_.Info("server_serving",
            {{"start_ms", std::chrono::duration_cast<milliseconds>(
                              steady_clock::now() - run_.started_at)
                              .count()},
             {"default_model", catalog_->default_model()}});
  signals::TellServiceManager(signals::kServiceReady);
  const std::jthread upkeep = StartUpkeep();
  LogEnd(signal.Wait(), log_);
}

absl::Status ServerApp::ScanRepository() {
  absl::StatusOr<model::RepositoryListing> listing =
      model::ScanModelRepository(config_.model_repository);
  const std::string advice =
      "; make a package with tools/export_model.py (see "
      "docs/model-package.md) or name another folder with --model_repository";
  if (!listing.ok()) {
    return absl::Status(listing.status().code(),
                        absl::StrCat(listing.status().message(), advice));
  }
  for (const std::string& oddity : listing->oddities) {
    log_.Warning("repository_entry_ignored", {{"entry", oddity}});
  }
  if (listing->packages.empty()) {
    return absl::NotFoundError(absl::StrCat("there is no model package in ",
                                            config_.model_repository, advice));
  }
  repository_ = *std::move(listing);
  return CheckDefaultModel(config_, repository_.packages);
}

rpc::GrpcServerParts ServerApp::ServerParts() {
  return {.pipeline = *pipeline_,
          .catalog = *catalog_,
          .clock = clock_,
          .error_log = error_log_,
          .answers = answers_,
          .requests = requests_,
          .run = run_,
          .health = health_,
          .access = security_->access(),
          .memory_budget = memory_.budget,
          .access_log = &access_log_,
          .tracer = tracing_.tracer()};
}

absl::Status ServerApp::OpenSecurity() {
  absl::StatusOr<std::unique_ptr<Security>> security =
      Security::Open(config_.security, log_);
  if (!security.ok()) return security.status();
  security_ = *std::move(security);
  return absl::OkStatus();
}

void ServerApp::Build(const signals::ShutdownSignal& signal,
                      signals::ReloadSignal& reload) {
  catalog_ = std::make_unique<pipeline::ModelCatalog>(
      ChooseDefaultModel(config_, repository_.packages));
  readiness_ =
      std::make_unique<Readiness>(ReadinessKeys(), *catalog_, health_, log_);
  pipeline::PipelineOptions options =
      PipelineOptionsOf(config_, lanes_, memory_, models_wake_);
  options.on_traced_batch = rpc::TraceBatches(tracing_.tracer(), clock_);
  pipeline_ =
      std::make_unique<pipeline::ClassifyPipeline>(std::move(options), clock_);
  loader_ = std::make_unique<ModelLoader>(LoaderOptionsOf(config_, lanes_),
                                          *pipeline_, *catalog_,
                                          batch_time_store_, log_);
  models_ = std::make_unique<ModelManager>(
      ModelManager::Options{.repository = config_.model_repository,
                            .policy = config_.version_policy,
                            .default_model = catalog_->default_model()},
      *loader_, *pipeline_, *catalog_, log_);
  model_thread_ = std::make_unique<ModelThread>(
      ModelThread::Options{.poll_interval = config_.repository_poll,
                           .wake = models_wake_,
                           .on_change = [this] { readiness_->Update(); }},
      *models_, reload, log_);
  actions_ = std::make_unique<ServerActions>(*model_thread_, signal, log_);
}

absl::Status ServerApp::Listen() {
  absl::StatusOr<std::unique_ptr<rpc::GrpcServer>> server =
      rpc::GrpcServer::Start(
          {.listen_address = config_.listen_address,
           .pollers = PollerCount(config_, lanes_.lanes),
           .transport = TransportLimitsOf(config_, memory_),
           .calls = config_.calls,
           .reflection = config_.reflection ? rpc::Reflection::kOn
                                            : rpc::Reflection::kOff,
           .accepting = rpc::Accepting::kWhenTold,
           .credentials = security_->NewCredentials(),
           .added = {std::make_shared<oip::InferenceService>()}},
          ServerParts());
  if (!server.ok()) return WithAdvice(server.status(), "listen_address");
  grpc_server_ = *std::move(server);
  health_.Set(rpc::kLiveness, rpc::Serving::kYes);
  watchdog_ = StartWatchdog();
  if (lanes_.threads() > cpus_.count()) {
    log_.Warning("more_threads_than_cpus",
                 {{"lanes", lanes_.lanes},
                  {"intra_op_threads", lanes_.intra_op_threads},
                  {"cpus", cpus_.count()}});
  }
  return config_.accept_while_loading ? Accept() : absl::OkStatus();
}

absl::Status ServerApp::Accept() {
  const absl::Status accepting = grpc_server_->Accept();
  if (!accepting.ok()) return WithAdvice(accepting, "listen_address");
  log_.Info("server_listening", {{"address", config_.listen_address},
                                 {"port", grpc_server_->port()},
                                 {"tls", security_->tls()},
                                 {"version", WANWU_VERSION},
                                 {"lanes", lanes_.lanes},
                                 {"intra_op_threads", lanes_.intra_op_threads},
                                 {"cpus", cpus_.count()},
                                 {"memory_budget", memory_.budget},
                                 {"receive_bytes", memory_.receive},
                                 {"queue_bytes", memory_.queue},
                                 {"decoder_bytes", memory_.decoders},
                                 {"answer_cache_bytes", memory_.answers}});
  return absl::OkStatus();
}

absl::Status ServerApp::ListenForOperators() {
  if (config_.metrics_address.empty()) return absl::OkStatus();
  operator_pages_ = std::make_unique<ops::OperatorPages>(
      ops::OperatorParts{.server = ServerParts(),
                         .connections = grpc_server_->connections(),
                         .log = log_,
                         .memory = {.budget = memory_.budget,
                                    .receive = memory_.receive,
                                    .queue = memory_.queue,
                                    .decoders = memory_.decoders},
                         .build = {.version = WANWU_VERSION,
                                   .compiler = "GCC " __VERSION__,
                                   .grpc = grpc::Version()},
                         .options = in_force_});
  absl::StatusOr<std::unique_ptr<ops::OperatorListener>> listener =
      ops::OperatorListener::Start({.address = config_.metrics_address},
                                   [this](const ops::PageRequest& request) {
                                     return operator_pages_->Make(request);
                                   });
  if (!listener.ok()) {
    // A second server on this machine, which nobody told where to listen.
    const bool by_default =
        config_.metrics_address == ServerConfig().metrics_address;
    if (!by_default) return WithAdvice(listener.status(), "metrics_address");
    log_.Warning("operators_not_served",
                 {{"address", config_.metrics_address},
                  {"reason", std::string(listener.status().message())},
                  {"advice", "set --metrics_address"}});
    return absl::OkStatus();
  }
  operator_listener_ = *std::move(listener);
  log_.Info("operators_listening", {{"address", config_.metrics_address},
                                    {"port", operator_listener_->port()}});
  return absl::OkStatus();
}

absl::Status ServerApp::ListenForAdmin() {
  if (config_.admin_address.empty()) return absl::OkStatus();
  rpc::GrpcServerParts parts = ServerParts();
  parts.access = security_->admin_access();
  absl::StatusOr<std::unique_ptr<admin::AdminServer>> server =
      admin::AdminServer::Start(
          {.address = config_.admin_address,
           .credentials = security_->NewAdminCredentials()},
          *actions_, parts);
  if (!server.ok()) return WithAdvice(server.status(), "admin_address");
  admin_server_ = *std::move(server);
  security_->WarnIfAdminExposed(config_.admin_address, admin_server_->local());
  log_.Info("admin_listening", {{"address", config_.admin_address},
                                {"tls", config_.security.admin_tls},
                                {"port", admin_server_->port()}});
  return absl::OkStatus();
}

absl::Status ServerApp::LoadModels(const signals::ShutdownSignal& signal) {
  if (!batch_time_store_.warning().empty()) {
    log_.Warning("batch_times_ignored",
                 {{"reason", batch_time_store_.warning()}});
  }
  models_->Start(repository_, [&signal] { return signal.received(); });
  // What reading the models has freed; glibc would keep it for this process.
  malloc_trim(0);
  KeepBatchTimes();
  if (signal.received()) return absl::OkStatus();
  return catalog_->FindReady("", "").status();
}

void ServerApp::KeepBatchTimes() {
  loader_->KeepBatchTimes();
  const absl::Status kept = batch_time_store_.Save();
  if (!kept.ok()) {
    log_.Warning("batch_times_not_kept",
                 {{"reason", std::string(kept.message())}});
  }
}

std::jthread ServerApp::StartUpkeep() {
  return std::jthread([this](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "wanwu-upkeep");
    BatchSizeKeeper batch_sizes(MaxBatchSize(config_), *pipeline_, *catalog_,
                                log_);
    MemoryTrimmer memory(log_);
    while (!signals::WaitForStop(stop, kUpkeepInterval)) {
      batch_sizes.Tick(stop);
      memory.Tick();
    }
  });
}

std::jthread ServerApp::StartWatchdog() {
  if (config_.stuck_after.count() == 0) return {};
  return std::jthread([this](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "wanwu-watchdog");
    Watchdog watchdog(
        config_.stuck_after, clock_,
        [this](std::vector<batching::ThreadAtWork>& threads) {
          pipeline_->ListThreadsAtWork(threads);
          grpc_server_->ListThreadsAtWork(threads);
        },
        health_, log_);
    while (!signals::WaitForStop(stop, kWatchdogInterval)) watchdog.Tick();
  });
}

void ServerApp::Drain() {
  const auto start = steady_clock::now();
  const bool served = run_.state.exchange(rpc::ServerState::kDraining) ==
                      rpc::ServerState::kServing;
  readiness_->End();
  signals::TellServiceManager(signals::kServiceStopping);
  log_.Info("drain_started", {{"requests", pipeline_->admission().jobs()}});
  model_thread_->RequestStop();
  // Whoever balances load over servers needs this long to see it.
  if (served) std::this_thread::sleep_for(config_.drain.delay);
  const auto deadline = steady_clock::now() + config_.drain.timeout;
  const auto at_most = [deadline](milliseconds time) {
    const auto left = std::chrono::duration_cast<milliseconds>(
        deadline - steady_clock::now());
    return std::clamp(time, milliseconds(0), std::max(left, milliseconds(0)));
  };
  grpc_server_->BeginDrain();
  watchdog_ = {};
  if (!grpc_server_->StopReading(at_most(kLastMessages))) {
    pipeline_->StopAdmission();
  }
  const bool idle = pipeline_->WaitUntilIdle(deadline);
  const int64_t abandoned = idle ? 0 : pipeline_->admission().jobs();
  grpc_server_->Shutdown(at_most(kLastWords));
  pipeline_->Drain();
  // What a load was doing on the lanes has ended with them.
  model_thread_->Join();
  if (admin_server_ != nullptr) admin_server_->Shutdown();
  KeepBatchTimes();
  tracing_.Stop();
  error_log_.ReportSuppressed();
  log_.Info("server_stopped",
            {{"complete", idle},
             {"abandoned", abandoned},
             {"drain_ms", std::chrono::duration_cast<milliseconds>(
                              steady_clock::now() - start)
                              .count()}});
}

}  // namespace wanwu::app
