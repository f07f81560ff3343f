#include "client/loadgen/run_figures.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace wanwu::loadgen {
namespace {

// Above this share of the machine's CPUs the generator itself is the limit,
// or soon will be.
constexpr double kOwnShareLimit = 0.5;
constexpr double kLatestShare = 0.1;
constexpr std::chrono::milliseconds kLatest{1};
constexpr double kSloShare = 0.99;

double MeanBatch(const Tally& tally) {
  double pictures = 0;
  double sum = 0;
  for (const auto& [size, count] : tally.batch_sizes) {
    pictures += static_cast<double>(count);
    sum += static_cast<double>(size) * static_cast<double>(count);
  }
  return pictures == 0 ? 0 : sum / pictures;
}

}  // namespace

RunFigures FiguresOf(const RunResult& run) {
  const Tally& tally = run.tally;
  RunFigures figures;
  const double seconds = tally.Length();
  figures.mean_batch = MeanBatch(tally);
  if (seconds <= 0) return figures;
  const auto arrived = static_cast<double>(tally.arrived);
  figures.achieved = arrived / seconds;
  if (run.plan.load.loop == Loop::kOpen) {
    figures.offered = static_cast<double>(tally.Due()) / seconds;
  }
  if (run.plan.deadline) {
    figures.goodput = static_cast<double>(tally.arrived_in_time) / seconds;
  }
  const CpuReading& from = tally.from.cpu;
  const CpuReading& to = tally.to.cpu;
  figures.own_cpus = (to.own_seconds - from.own_seconds) / seconds;
  if (from.server_seconds && to.server_seconds) {
    const double used = *to.server_seconds - *from.server_seconds;
    figures.server_cpus = used / seconds;
    if (arrived > 0) figures.server_cpu_ms = used * 1e3 / arrived;
  }
  if (to.server_bytes) {
    figures.server_megabytes = static_cast<double>(*to.server_bytes) / 1e6;
  }
  return figures;
}

std::vector<std::string> WarningsAbout(const RunResult& run, int cpus) {
  const Tally& tally = run.tally;
  std::vector<std::string> warnings;
  const double own = FiguresOf(run).own_cpus / cpus;
  if (own > kOwnShareLimit) {
    warnings.push_back(absl::StrFormat(
        "the load generator used %.0f %% of this machine's %d CPUs: it, not "
        "the server, may be the limit",
        own * 100, cpus));
  }
  const Duration late = tally.lateness.Quantile(0.99);
  const Duration middle = tally.latency.Quantile(0.5);
  if (run.plan.load.loop == Loop::kOpen &&
      late > std::max<Duration>(kLatest,
                                FromSeconds(Seconds(middle) * kLatestShare))) {
    warnings.push_back(absl::StrFormat(
        "1 %% of the requests were sent more than %.1f ms later than "
        "scheduled, which their latency includes: the load generator wants "
        "for CPU time",
        Milliseconds(late)));
  }
  if (tally.shed > 0) {
    warnings.push_back(absl::StrFormat(
        "%d requests were shed by the client: %d were in flight already; the "
        "latencies do not include them",
        tally.shed, run.plan.max_in_flight));
  }
  if (run.end == EndReason::kNotStable) {
    warnings.push_back(absl::StrFormat(
        "throughput and p95 did not become stable within %.0f s",
        Seconds(run.plan.max_duration)));
  }
  return warnings;
}

bool HoldsSlo(const RunResult& run, Duration slo) {
  const auto due = static_cast<double>(run.tally.Due());
  const auto held = static_cast<double>(run.tally.latency.CountAtMost(slo));
  return due > 0 && held >= kSloShare * due;
}

}  // namespace wanwu::loadgen
