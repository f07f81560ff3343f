#pragma once

#include <span>

#include "batching/clock.h"
#include "batching/job.h"

namespace wanwu::batching {

// Does a model's work. Called on lane threads, several lanes at once, so it
// must be thread-safe. No function may throw: an exception ends the process.
class BatchRunner {
 public:
  virtual ~BatchRunner() = default;

  // Every job of `batch` (never empty) is taken; the runner must finish each of
  // them, also those whose cancellation was asked for since. `lane` is in
  // [0, lane_count).
  virtual void Run(int lane, std::span<const JobPtr> batch) = 0;

  // `job` is taken and could not be answered before its deadline; finish it
  // without running it. Keep it short: a batch may be waiting behind it.
  virtual void Expire(const JobPtr& job) = 0;

  // How long Run is expected to take for a batch of `size`. Decides whether a
  // deadline can still be met, and how lanes are shared out between models.
  [[nodiscard]] virtual Clock::Duration ExpectedTime(int size) const noexcept {
    static_cast<void>(size);
    return Clock::Duration::zero();
  }
};

}  // namespace wanwu::batching
