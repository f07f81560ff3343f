#include "server/model/batch_timing.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace wanwu::model {
namespace {

// Larger batches cost latency and memory: below this gain they are not worth
// it.
constexpr double kWorthwhileGain = 1.02;

using Durations = std::vector<std::chrono::nanoseconds>;

std::chrono::nanoseconds LowerMedian(Durations durations) {
  const auto middle = durations.begin() +
                      static_cast<std::ptrdiff_t>((durations.size() - 1) / 2);
  std::nth_element(durations.begin(), middle, durations.end());
  return *middle;
}

absl::Status RunRound(const RunBatch& run, const NowFunction& now,
                      std::vector<Durations>& durations) {
  for (size_t i = 0; i < durations.size(); ++i) {
    const auto start = now();
    const absl::Status status = run(static_cast<int>(i) + 1);
    if (!status.ok()) return status;
    durations[i].push_back(now() - start);
  }
  return absl::OkStatus();
}

double Rate(const BatchTime& time) {
  const auto nanoseconds =
      std::max<std::chrono::nanoseconds::rep>(time.duration.count(), 1);
  return time.size / static_cast<double>(nanoseconds);
}

}  // namespace

absl::StatusOr<std::vector<BatchTime>> MeasureBatchTimes(
    const RunBatch& run, const NowFunction& now, const BatchTimingPlan& plan) {
  std::vector<Durations> durations(
      static_cast<size_t>(std::max(plan.max_batch, 1)));
  const auto end = now() + plan.budget;
  for (int round = 0; round < kMaxTimingRounds; ++round) {
    if (round >= kMinTimingRounds && now() >= end) break;
    const absl::Status status = RunRound(run, now, durations);
    if (!status.ok()) return status;
  }
  std::vector<BatchTime> times;
  for (Durations& measured : durations) {
    times.push_back(
        {static_cast<int>(times.size()) + 1, LowerMedian(std::move(measured))});
  }
  return times;
}

int ChooseBatchSize(std::span<const BatchTime> times, int limit) {
  double best = 0;
  for (const BatchTime& time : times) {
    if (time.size <= limit) best = std::max(best, Rate(time));
  }
  int chosen = 0;
  for (const BatchTime& time : times) {
    const bool good_enough =
        time.size <= limit && Rate(time) * kWorthwhileGain >= best;
    if (good_enough && (chosen == 0 || time.size < chosen)) chosen = time.size;
  }
  return std::max(chosen, 1);
}

}  // namespace wanwu::model
