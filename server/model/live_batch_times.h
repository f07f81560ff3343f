#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "server/model/batch_timing.h"

namespace wanwu::model {

// t(b) of a model that is being served, kept current from the batches that run.
// Thread-safe; of observations at the same moment one may be lost.
class LiveBatchTimes {
 public:
  static constexpr int kLargestSize = 64;

  LiveBatchTimes() = default;

  // Forgets everything and begins with `times`.
  void Start(std::span<const BatchTime> times);

  // A batch of `size` took that much CPU time, and that much in all. What is
  // less than known counts at once, what is more only by and by: others on the
  // machine only ever add to a time, and mostly in bursts.
  void Observe(int size, std::chrono::nanoseconds cpu_time,
               std::chrono::nanoseconds elapsed);

  // CPU time of a batch, for sizes in between and beyond by proportion; zero if
  // nothing is known.
  std::chrono::nanoseconds CpuTime(int size) const;

  // How long a batch takes, with what goes on beside it of late.
  std::chrono::nanoseconds ElapsedTime(int size) const;

  // The sizes that are known, ascending.
  std::vector<BatchTime> Known() const;

 private:
  // By size; 0: not known.
  std::array<std::atomic<int64_t>, kLargestSize + 1> cpu_ns_{};
  // Elapsed time over CPU time.
  std::atomic<double> stretch_{1};
};

}  // namespace wanwu::model
