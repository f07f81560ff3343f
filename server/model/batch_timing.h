#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wanwu::model {

// One point of t(b): the CPU time that a lane takes for a batch of `size`.
struct BatchTime {
  int size = 0;
  std::chrono::nanoseconds duration{};

  bool operator==(const BatchTime&) const = default;
};

struct BatchTimingPlan {
  // Sizes 1 … max_batch are measured.
  int max_batch = 1;
  // No new round of all sizes begins after this, but
  // kMinTimingRounds always run.
  std::chrono::nanoseconds budget{};
};

inline constexpr int kMinTimingRounds = 2;
inline constexpr int kMaxTimingRounds = 9;

// Runs one batch of the given size and says how long it took.
using RunBatch =
    std::function<absl::StatusOr<std::chrono::nanoseconds>(int size)>;
using NowFunction = std::function<std::chrono::steady_clock::time_point()>;

// Measures t(b) by ascending size: the least of the rounds, each of which runs
// every size once. Other work on the machine only ever adds to a time, so the
// least is what comes closest to an idle machine's. The sizes must be warm.
// Errors: those of `run`.
absl::StatusOr<std::vector<BatchTime>> MeasureBatchTimes(
    const RunBatch& run, const NowFunction& now, const BatchTimingPlan& plan);

// The smallest size, at most `limit`, that no other up to `limit` beats by
// more than 2 % in images per second. 1 if there are no such times.
int ChooseBatchSize(std::span<const BatchTime> times, int limit);

// Images per second in batches of `size` over those in batches of `than`; 1 if
// either is not in `times`.
double RateRatio(std::span<const BatchTime> times, int size, int than);

}  // namespace wanwu::model
