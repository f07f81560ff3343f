#include "server/model/batch_timing.h"

#include <algorithm>

namespace wanwu::model {
namespace {

// Larger batches cost latency and memory: below this gain they are not worth
// it.
constexpr double kWorthwhileGain = 1.02;

absl::Status RunRound(const RunBatch& run, std::vector<BatchTime>& least) {
  for (BatchTime& time : least) {
    const absl::StatusOr<std::chrono::nanoseconds> took = run(time.size);
    if (!took.ok()) return took.status();
    time.duration = std::min(time.duration, *took);
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
  std::vector<BatchTime> times;
  for (int size = 1; size <= std::max(plan.max_batch, 1); ++size) {
    times.push_back({size, std::chrono::nanoseconds::max()});
  }
  const auto end = now() + plan.budget;
  for (int round = 0; round < kMaxTimingRounds; ++round) {
    if (round >= kMinTimingRounds && now() >= end) break;
    const absl::Status status = RunRound(run, times);
    if (!status.ok()) return status;
  }
  return times;
}

double RateRatio(std::span<const BatchTime> times, int size, int than) {
  double rate = 0;
  double rate_than = 0;
  for (const BatchTime& time : times) {
    if (time.size == size) rate = Rate(time);
    if (time.size == than) rate_than = Rate(time);
  }
  return rate > 0 && rate_than > 0 ? rate / rate_than : 1;
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
