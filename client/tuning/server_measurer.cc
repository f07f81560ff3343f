#include "client/tuning/server_measurer.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/lib/classifier_client.h"
#include "client/loadgen/connections.h"
#include "client/loadgen/cpu_usage.h"
#include "client/loadgen/run_figures.h"
#include "client/loadgen/unary_target.h"

namespace wanwu::tuning {
namespace {

// Loading several big models and measuring their batch times on a slow machine.
constexpr std::chrono::seconds kStartPatience{120};
constexpr int kWarmUpShare = 5;
constexpr int kWindows = 5;
constexpr std::chrono::seconds kRequestTimeout{10};

std::vector<std::string> FlagsFor(const MeasurerOptions& options,
                                  const Settings& settings) {
  std::vector<std::string> flags = {
      "--listen_address=127.0.0.1:0", "--metrics_address=", "--log_format=json",
      absl::StrCat("--model_repository=", options.model_repository),
      absl::StrCat("--state_dir=", options.state_dir)};
  for (const auto& [name, value] : OptionsOf(settings)) {
    flags.push_back(absl::StrCat("--", name, "=", value));
  }
  return flags;
}

// "resnet18 version 1, int8" -> "int8".
std::string PrecisionOf(const std::string& model) {
  const auto comma = model.rfind(", ");
  return comma == std::string::npos ? "" : model.substr(comma + 2);
}

Measurement FiguresOf(const Goal& goal, const loadgen::RunResult& run,
                      int cpus) {
  const loadgen::RunFigures figures = loadgen::FiguresOf(run);
  const loadgen::Tally& tally = run.tally;
  Measurement found{
      .rate = figures.achieved,
      .p50_ms = loadgen::Milliseconds(tally.latency.Quantile(0.5)),
      .p99_ms = loadgen::Milliseconds(tally.latency.Quantile(0.99)),
      .mean_batch = figures.mean_batch,
      .cpu_ms_per_answer = figures.server_cpu_ms,
      .precision = PrecisionOf(tally.model),
      .cpus = cpus};
  const auto due = static_cast<double>(tally.Due());
  if (due > 0) {
    found.failed_share = static_cast<double>(tally.failed + tally.shed) / due;
  }
  if (goal.aim == Aim::kLatency) {
    found.in_time = loadgen::HoldsSlo(run, goal.p99);
  }
  return found;
}

}  // namespace

ServerMeasurer::ServerMeasurer(MeasurerOptions options, const Goal& goal,
                               loadgen::Clock& clock,
                               loadgen::PictureSet& pictures,
                               OnProgress on_progress)
    : options_(std::move(options)),
      goal_(goal),
      clock_(clock),
      pictures_(pictures),
      on_progress_(std::move(on_progress)) {}

absl::StatusOr<Measurement> ServerMeasurer::Measure(const Settings& settings) {
  if (stopped()) return absl::CancelledError();
  absl::StatusOr<std::unique_ptr<ServerProcess>> server = ServerProcess::Start(
      options_.server_binary, FlagsFor(options_, settings));
  if (!server.ok()) return server.status();
  {
    const std::lock_guard lock(mu_);
    server_ = server->get();
    if (stopped_) server_->Terminate();
  }
  absl::StatusOr<Measurement> found = MeasureServer(**server);
  {
    const std::lock_guard lock(mu_);
    server_ = nullptr;
  }
  if (stopped()) return absl::CancelledError();
  return found;
}

void ServerMeasurer::Stop() {
  const std::lock_guard lock(mu_);
  stopped_ = true;
  if (run_ != nullptr) run_->Stop();
  if (server_ != nullptr) server_->Terminate();
}

absl::StatusOr<Measurement> ServerMeasurer::MeasureServer(
    ServerProcess& server) {
  const absl::StatusOr<Listening> listening =
      server.WaitUntilListening(kStartPatience);
  if (!listening.ok()) return listening.status();
  const std::string address = absl::StrCat("127.0.0.1:", listening->port);
  const absl::Status serving = WaitUntilServing(server, address);
  if (!serving.ok()) return serving;
  return FiguresOf(goal_, PutLoad(address, server.pid()), listening->cpus);
}

absl::Status ServerMeasurer::WaitUntilServing(
    const ServerProcess& server, const std::string& address) const {
  client::ClassifierClient client(address);
  const auto watch =
      client.WatchHealth("", std::chrono::system_clock::now() + kStartPatience);
  while (const auto state = watch->Next()) {
    if (*state == grpc::health::v1::HealthCheckResponse::SERVING) {
      return absl::OkStatus();
    }
  }
  const std::string reason = server.LastWords();
  return absl::FailedPreconditionError(
      reason.empty() ? "it did not serve in time" : reason);
}

loadgen::RunResult ServerMeasurer::PutLoad(const std::string& address,
                                           pid_t server) {
  loadgen::UnaryTarget target(loadgen::Connect(address, 1), {});
  const loadgen::CpuMeter meter(server);
  loadgen::LoadRun run({clock_, target, pictures_}, Plan(),
                       [meter] { return meter.Read(); });
  {
    const std::lock_guard lock(mu_);
    if (stopped_) run.Stop();
    run_ = &run;
  }
  loadgen::RunResult result = run.Run(on_progress_);
  const std::lock_guard lock(mu_);
  run_ = nullptr;
  return result;
}

loadgen::LoadPlan ServerMeasurer::Plan() const {
  loadgen::LoadPlan plan;
  plan.warm_up = options_.duration / kWarmUpShare;
  plan.timeout = kRequestTimeout;
  if (goal_.aim == Aim::kThroughput) {
    plan.load = {.loop = loadgen::Loop::kClosed, .clients = goal_.clients};
    plan.until = loadgen::Until::kStable;
    plan.max_duration = options_.duration;
    plan.window = options_.duration / kWindows;
  } else {
    plan.load = {.loop = loadgen::Loop::kOpen, .rate = goal_.rate};
    plan.duration = options_.duration;
  }
  return plan;
}

bool ServerMeasurer::stopped() const {
  const std::lock_guard lock(mu_);
  return stopped_;
}

}  // namespace wanwu::tuning
