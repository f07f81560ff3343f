#include "server/app/server_app.h"

#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <future>
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
#include "server/app/watchdog.h"
#include "server/model/torchscript/torch_classifier.h"

namespace wanwu::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kClassifierService[] = "wanwu.v1.ImageClassifier";
constexpr char kPreferredModel[] = "resnet18";

// A poller only parses, admits and builds answers: little work beside the
// inference of four lanes.
constexpr int kLanesPerPoller = 4;

// One size of one model each time; a batch of 8 costs one lane about 1 % of it.
constexpr std::chrono::seconds kUpkeepInterval{5};

// How long draining waits for messages that have begun to come.
constexpr milliseconds kLastMessages{1000};
constexpr std::chrono::seconds kWatchdogInterval{1};

// When every request is done, clients get this long to take their answers.
constexpr milliseconds kLastWords{1000};

// True if it came within `time`.
bool WaitForStop(const std::stop_token& stop, std::chrono::seconds time) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  return never.wait_for(lock, stop, time,
                        [&stop] { return stop.stop_requested(); });
}

std::vector<std::string> HealthKeys() {
  return {"", kClassifierService, rpc::kReadiness, rpc::kLiveness};
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
                                            const MemoryPlan& memory) {
  pipeline::PipelineOptions options;
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

// The default model first, so that a failure shows early.
void PutFirst(std::vector<model::PackageLocation>& packages,
              const std::string& name) {
  std::stable_partition(
      packages.begin(), packages.end(),
      [&](const auto& package) { return package.name == name; });
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
      health_(HealthKeys()),
      batch_time_store_(BatchTimeFile(config)) {}

absl::Status ServerApp::Run(const signals::ShutdownSignal& signal) {
  // glibc's eight heaps per CPU of the host keep what was once freed in each;
  // more threads than CPUs never allocate at once. Measured: 25 MB less.
  mallopt(M_ARENA_MAX, std::max(2, cpus_.count()));
  absl::StatusOr<MemoryPlan> memory = PlanMemory(config_, ReadMemoryLimit());
  if (!memory.ok()) return memory.status();
  memory_ = *memory;
  absl::Status status = ScanRepository();
  if (!status.ok()) return status;
  catalog_ = std::make_unique<pipeline::ModelCatalog>(
      ChooseDefaultModel(config_, repository_.packages));
  pipeline_ = std::make_unique<pipeline::ClassifyPipeline>(
      PipelineOptionsOf(config_, cpus_, lanes_, memory_), clock_);
  // Before anybody can ask: what is still to be loaded is not unknown.
  for (const model::PackageLocation& package : repository_.packages) {
    catalog_->Put({.name = package.name, .version = package.version});
  }
  status = OpenSecurity();
  if (status.ok()) status = Listen();
  if (status.ok()) status = ListenForOperators();
  if (!status.ok()) return status;
  security_->WarnIfExposed(config_.listen_address, grpc_server_->local());
  status = LoadModels(signal);
  if (status.ok() && !signal.received()) {
    run_.state.store(rpc::ServerState::kServing);
    SetServing(rpc::Serving::kYes);
    log_.Info("server_serving",
              {{"start_ms", std::chrono::duration_cast<milliseconds>(
                                steady_clock::now() - run_.started_at)
                                .count()},
               {"default_model", catalog_->default_model()}});
    const std::jthread upkeep = StartUpkeep();
    log_.Info("signal_received", {{"signal", signal.Wait()}});
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

rpc::GrpcServerParts ServerApp::ServerParts() {
  return {.pipeline = *pipeline_,
          .catalog = *catalog_,
          .clock = clock_,
          .error_log = error_log_,
          .answers = answers_,
          .requests = requests_,
          .run = run_,
          .health = health_,
          .access = security_->access()};
}

absl::Status ServerApp::OpenSecurity() {
  absl::StatusOr<std::unique_ptr<Security>> security =
      Security::Open(config_.security, log_);
  if (!security.ok()) return security.status();
  security_ = *std::move(security);
  return absl::OkStatus();
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
           .credentials = security_->NewCredentials()},
          ServerParts());
  if (!server.ok()) return server.status();
  grpc_server_ = *std::move(server);
  health_.Set(rpc::kLiveness, rpc::Serving::kYes);
  watchdog_ = StartWatchdog();
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
                                 {"decoder_bytes", memory_.decoders}});
  if (lanes_.threads() > cpus_.count()) {
    log_.Warning("more_threads_than_cpus",
                 {{"lanes", lanes_.lanes},
                  {"intra_op_threads", lanes_.intra_op_threads},
                  {"cpus", cpus_.count()}});
  }
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
  if (!listener.ok()) return listener.status();
  operator_listener_ = *std::move(listener);
  log_.Info("operators_listening", {{"address", config_.metrics_address},
                                    {"port", operator_listener_->port()}});
  return absl::OkStatus();
}

absl::Status ServerApp::LoadModels(const signals::ShutdownSignal& signal) {
  std::vector<model::PackageLocation> packages = repository_.packages;
  PutFirst(packages, catalog_->default_model());
  if (!batch_time_store_.warning().empty()) {
    log_.Warning("batch_times_ignored",
                 {{"reason", batch_time_store_.warning()}});
  }
  loader_ = std::make_unique<ModelLoader>(LoaderOptionsOf(config_, lanes_),
                                          *pipeline_, *catalog_,
                                          batch_time_store_, log_);
  const auto load = [this](const model::PackageLocation& package) {
    return loader_->Load(package);
  };
  auto next = std::async(std::launch::async, load, packages.front());
  for (size_t i = 0; i < packages.size() && !signal.received(); ++i) {
    auto loaded = next.get();
    // While this one warms up, the next one is read.
    if (i + 1 < packages.size()) {
      next = std::async(std::launch::async, load, packages[i + 1]);
    }
    loader_->PutIntoService(packages[i], std::move(loaded)).IgnoreError();
  }
  // What reading the models has freed; glibc would keep it for this process.
  malloc_trim(0);
  KeepBatchTimes();
  if (signal.received()) return absl::OkStatus();
  return catalog_->FindReady("", "").status();
}

void ServerApp::KeepBatchTimes() {
  if (loader_ == nullptr) return;
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
    while (!WaitForStop(stop, kUpkeepInterval)) {
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
    while (!WaitForStop(stop, kWatchdogInterval)) watchdog.Tick();
  });
}

void ServerApp::SetServing(rpc::Serving serving) {
  for (const std::string& key : HealthKeys()) {
    if (key != rpc::kLiveness) health_.Set(key, serving);
  }
}

void ServerApp::Drain() {
  const auto start = steady_clock::now();
  log_.Info("drain_started", {{"requests", pipeline_->admission().jobs()}});
  run_.state.store(rpc::ServerState::kDraining);
  SetServing(rpc::Serving::kNo);
  // Whoever balances load over servers needs this long to see it.
  std::this_thread::sleep_for(config_.drain.delay);
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
  KeepBatchTimes();
  pipeline_->Drain();
  error_log_.ReportSuppressed();
  log_.Info("server_stopped",
            {{"complete", idle},
             {"abandoned", abandoned},
             {"drain_ms", std::chrono::duration_cast<milliseconds>(
                              steady_clock::now() - start)
                              .count()}});
}

}  // namespace wanwu::app
