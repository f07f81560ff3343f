#include "server/app/server_app.h"

#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/app/batch_size_keeper.h"
#include "server/app/cpu_pinning.h"
#include "server/app/memory_trimmer.h"
#include "server/app/program_build.h"
#include "server/model/torchscript/torch_classifier.h"

namespace wanwu::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kLiveness[] = "liveness";
constexpr char kClassifierService[] = "wanwu.v1.ImageClassifier";
constexpr char kPreferredModel[] = "resnet18";

// A poller only parses, admits and builds answers: little work beside the
// inference of four lanes.
constexpr int kLanesPerPoller = 4;

// One size of one model each time; a batch of 8 costs one lane about 1 % of it.
constexpr std::chrono::seconds kUpkeepInterval{5};

// When every request is answered, clients get this long to take their answers;
// gRPC would wait longer for idle connections to close.
constexpr milliseconds kLastWords{1000};

std::vector<std::string> HealthKeys() {
  return {"", kClassifierService, "readiness", kLiveness};
}

std::filesystem::path BatchTimeFile(const ServerConfig& config) {
  if (config.state_dir.empty()) return {};
  return std::filesystem::path(config.state_dir) / "batch_times.json";
}

int PollerCount(const ServerConfig& config, int lanes) {
  if (config.pollers > 0) return config.pollers;
  return (lanes + kLanesPerPoller - 1) / kLanesPerPoller;
}

image::DecodeOptions DecodeOptionsOf(const ServerConfig& config,
                                     const MemoryPlan& memory) {
  image::DecodeOptions options;
  options.limits = config.image;
  options.limits.max_decoder_bytes = memory.decoders / 2;
  options.exif_orientation = config.apply_exif_orientation
                                 ? image::ExifOrientation::kApply
                                 : image::ExifOrientation::kIgnore;
  options.jpeg_decode = config.jpeg_decode;
  return options;
}

pipeline::PipelineOptions PipelineOptionsOf(const ServerConfig& config,
                                            const CpuBudget& cpus,
                                            const LanePlan& lanes,
                                            const MemoryPlan& memory,
                                            std::shared_ptr<WakeEvent> unused) {
  pipeline::PipelineOptions options;
  options.on_model_unused = [unused = std::move(unused)] { unused->Set(); };
  options.lanes = lanes.lanes;
  options.decode_threads =
      config.decode_threads > 0 ? config.decode_threads : cpus.count();
  options.queue_capacity = config.queue_capacity;
  options.queue_bytes = memory.queue;
  options.decoder_bytes = memory.decoders;
  options.max_queue_wait = config.max_queue_wait;
  options.max_queue_delay = config.max_queue_delay;
  options.decode = DecodeOptionsOf(config, memory);
  options.on_lane_start = [lanes](int lane) {
    pthread_setname_np(pthread_self(),
                       absl::StrCat("wanwu-lane-", lane).c_str());
    // Before its team starts. Not fatal: an unpinned lane is only slower.
    if (!lanes.cpus.empty()) {
      PinCurrentThread(lanes.cpus[static_cast<size_t>(lane)]).IgnoreError();
    }
    model::PrepareLaneThread(lanes.intra_op_threads);
  };
  return options;
}

int MaxBatchSize(const ServerConfig& config) {
  return config.batching == BatchingMode::kOff ? 1 : config.max_batch_size;
}

ModelLoaderOptions LoaderOptionsOf(const ServerConfig& config,
                                   const LanePlan& lanes) {
  return {.precision = config.precision,
          .intra_op_threads = lanes.intra_op_threads,
          .max_batch_size = MaxBatchSize(config),
          .build = ProgramBuild(),
          .load_classifier = [](const model::Package& package,
                                model::Precision precision) {
            return model::LoadTorchClassifier(package, precision);
          }};
}

rpc::TransportLimits TransportLimitsOf(const ServerConfig& config,
                                       const MemoryPlan& memory) {
  rpc::TransportLimits limits = config.transport;
  limits.receive_bytes = static_cast<size_t>(memory.receive);
  return limits;
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

void LogEnd(int signal, logging::Logger& log) {
  if (signal == 0) return log.Info("drain_requested");
  log.Info("signal_received", {{"signal", signal}});
}

}  // namespace

ServerApp::ServerApp(const ServerConfig& config, logging::Logger& log)
    : config_(config),
      cpus_(ReadCpuBudget()),
      lanes_(PlanLanes(config, cpus_)),
      log_(log),
      run_{.version = WANWU_VERSION, .started_at = steady_clock::now()},
      error_log_(log, config.log.errors_per_second),
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
  if (!status.ok()) return status;
  Build(signal, reload);
  // Before anybody can ask: what is still to be loaded is not unknown.
  models_->Announce(repository_);
  status = Listen();
  if (status.ok()) status = ListenForAdmin();
  if (!status.ok()) return status;
  status = LoadModels(signal);
  if (status.ok() && !signal.received()) {
    model_thread_->Start();
    run_.state.store(rpc::ServerState::kServing);
    SetServing(rpc::Serving::kYes);
    log_.Info("server_serving",
              {{"start_ms", std::chrono::duration_cast<milliseconds>(
                                steady_clock::now() - run_.started_at)
                                .count()},
               {"default_model", catalog_->default_model()}});
    const std::jthread upkeep = StartUpkeep();
    LogEnd(signal.Wait(), log_);
  }
  Drain();
  return status;
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

void ServerApp::Build(const signals::ShutdownSignal& signal,
                      signals::ReloadSignal& reload) {
  catalog_ = std::make_unique<pipeline::ModelCatalog>(
      ChooseDefaultModel(config_, repository_.packages));
  pipeline_ = std::make_unique<pipeline::ClassifyPipeline>(
      PipelineOptionsOf(config_, cpus_, lanes_, memory_, models_wake_), clock_);
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
                           .wake = models_wake_},
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
                                            : rpc::Reflection::kOff},
          {.pipeline = *pipeline_,
           .catalog = *catalog_,
           .clock = clock_,
           .error_log = error_log_,
           .answers = answers_,
           .run = run_,
           .health = health_});
  if (!server.ok()) return server.status();
  grpc_server_ = *std::move(server);
  health_.Set(kLiveness, rpc::Serving::kYes);
  log_.Info("server_listening", {{"address", config_.listen_address},
                                 {"port", grpc_server_->port()},
                                 {"version", WANWU_VERSION},
                                 {"lanes", lanes_.lanes},
                                 {"intra_op_threads", lanes_.intra_op_threads},
                                 {"cpus", cpus_.count()},
                                 {"memory_budget", memory_.budget},
                                 {"receive_bytes", memory_.receive},
                                 {"queue_bytes", memory_.queue},
                                 {"decoder_bytes", memory_.decoders}});
  if (lanes_.threads() > cpus_.count()) {
    log_.Warning("more_threads_than_cpus",
                 {{"lanes", lanes_.lanes},
                  {"intra_op_threads", lanes_.intra_op_threads},
                  {"cpus", cpus_.count()}});
  }
  return absl::OkStatus();
}

absl::Status ServerApp::ListenForAdmin() {
  if (config_.admin_address.empty()) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<admin::AdminServer>> server =
      admin::AdminServer::Start(config_.admin_address,
                                {.actions = *actions_,
                                 .pipeline = *pipeline_,
                                 .catalog = *catalog_,
                                 .run = run_},
                                health_, error_log_);
  if (!server.ok()) return server.status();
  admin_server_ = *std::move(server);
  log_.Info("admin_listening", {{"address", config_.admin_address},
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
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    const auto stopped = [&stop] { return stop.stop_requested(); };
    while (!never.wait_for(lock, stop, kUpkeepInterval, stopped)) {
      batch_sizes.Tick(stop);
      memory.Tick();
    }
  });
}

void ServerApp::SetServing(rpc::Serving serving) {
  for (const std::string& key : HealthKeys()) {
    if (key != kLiveness) health_.Set(key, serving);
  }
}

void ServerApp::Drain() {
  const auto start = steady_clock::now();
  log_.Info("drain_started", {{"requests", pipeline_->admission().jobs()}});
  model_thread_->RequestStop();
  run_.state.store(rpc::ServerState::kDraining);
  SetServing(rpc::Serving::kNo);
  // Whoever balances load over servers needs this long to see it.
  std::this_thread::sleep_for(config_.drain.delay);
  const auto deadline = steady_clock::now() + config_.drain.timeout;
  pipeline_->StopAdmission();
  grpc_server_->BeginDrain();
  const bool idle = pipeline_->WaitUntilIdle(deadline);
  const auto left =
      std::max(deadline - steady_clock::now(), steady_clock::duration::zero());
  grpc_server_->Shutdown(
      std::min(std::chrono::duration_cast<milliseconds>(left), kLastWords));
  pipeline_->Drain();
  // What a load was doing on the lanes has ended with them.
  model_thread_->Join();
  if (admin_server_ != nullptr) admin_server_->Shutdown();
  KeepBatchTimes();
  error_log_.ReportSuppressed();
  log_.Info("server_stopped",
            {{"complete", idle},
             {"drain_ms", std::chrono::duration_cast<milliseconds>(
                              steady_clock::now() - start)
                              .count()}});
}

}  // namespace wanwu::app
