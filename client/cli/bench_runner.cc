#include "client/cli/bench_runner.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "client/loadgen/cpu_usage.h"
#include "client/loadgen/run_figures.h"
#include "client/loadgen/slo_search.h"

namespace wanwu::cli {

using loadgen::LoadPlan;
using loadgen::LoadReport;
using loadgen::RunResult;

BenchRunner::BenchRunner(const loadgen::World& world,
                         const BenchOptions& options, OnProgress on_progress)
    : world_(world), options_(options), on_progress_(std::move(on_progress)) {}

void BenchRunner::Run(LoadReport& report) {
  if (options_.slo_p99.count() > 0) {
    Search(report);
  } else {
    LoadPlan plan = PlanFrom(options_);
    for (const loadgen::Load& load : LoadsFrom(options_)) {
      if (stopped()) break;
      plan.load = load;
      report.runs.push_back(RunOne(plan));
    }
  }
  report.interrupted = stopped();
}

void BenchRunner::Stop() {
  const std::lock_guard lock(mu_);
  stopped_ = true;
  if (run_ != nullptr) run_->Stop();
}

RunResult BenchRunner::RunOne(const LoadPlan& plan) {
  const loadgen::CpuMeter meter(options_.server_pid > 0
                                    ? std::optional(options_.server_pid)
                                    : std::nullopt);
  loadgen::LoadRun run(world_, plan, [meter] { return meter.Read(); });
  {
    const std::lock_guard lock(mu_);
    if (stopped_) run.Stop();
    run_ = &run;
  }
  loadgen::LoadRun::OnProgress on_progress;
  if (on_progress_) {
    on_progress = [&](const loadgen::LoadProgress& progress) {
      on_progress_(plan.load, progress);
    };
  }
  RunResult result = run.Run(on_progress);
  const std::lock_guard lock(mu_);
  run_ = nullptr;
  return result;
}

void BenchRunner::Search(LoadReport& report) {
  report.slo = {.p99 = options_.slo_p99};
  LoadPlan plan = PlanFrom(options_);
  loadgen::SloSearch search(FirstRate());
  while (const auto rate = search.NextRate()) {
    if (stopped()) break;
    plan.load = OpenLoad(options_, *rate);
    RunResult run = RunOne(plan);
    const bool whole = run.end != loadgen::EndReason::kInterrupted;
    if (whole) search.Report(HoldsSlo(run, options_.slo_p99));
    report.runs.push_back(std::move(run));
  }
  report.slo->rate = search.best();
}

double BenchRunner::FirstRate() {
  if (!options_.rates.empty()) return options_.rates.front();
  LoadPlan plan = PlanFrom(options_);
  plan.load = {.loop = loadgen::Loop::kClosed, .clients = kProbeClients};
  plan.until = loadgen::Until::kDuration;
  plan.duration =
      std::min<loadgen::Duration>(plan.duration, std::chrono::seconds(3));
  return std::max(1.0, kFirstShare * FiguresOf(RunOne(plan)).achieved);
}

bool BenchRunner::stopped() const {
  const std::lock_guard lock(mu_);
  return stopped_;
}

}  // namespace wanwu::cli
