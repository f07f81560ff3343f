#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "batching/batching_options.h"
#include "batching/clock.h"

namespace wanwu::batching {

// Batches run since AddQueue. Index: batch size, 1 to kLargestBatchSize.
using BatchesBySize = std::array<std::uint64_t, kLargestBatchSize + 1>;

struct QueueStats {
  // Jobs in the rings, cancelled ones not yet skipped included. A guess while
  // jobs come and go.
  std::size_t queued = 0;
  // Arrival of the oldest of them, per priority the head; a guess as well.
  std::optional<Clock::TimePoint> oldest_arrival;

  // Since AddQueue. A batch counts when its runner has returned.
  std::uint64_t batches = 0;
  std::uint64_t jobs_run = 0;
  std::uint64_t expired = 0;
  std::uint64_t cancelled = 0;  // Skipped at the head of a ring.
  BatchesBySize batches_by_size{};
};

struct LaneStats {
  int lanes = 0;
  int busy = 0;  // Running a batch or control work, or feeding; a guess.
  // Index: lane. See BusyTime::Total.
  std::vector<Clock::Duration> busy_times;
};

// Written by lanes, read by anybody. Each count is exact; a snapshot taken
// while lanes run may see one batch in some counts and not yet in others.
class QueueCounters {
 public:
  struct Handled {
    std::size_t run = 0;
    std::size_t expired = 0;
    std::size_t cancelled = 0;
  };

  void Add(const Handled& handled) noexcept;
  void CopyTo(QueueStats& stats) const noexcept;

 private:
  std::atomic<std::uint64_t> expired_{0};
  std::atomic<std::uint64_t> cancelled_{0};
  std::array<std::atomic<std::uint64_t>, kLargestBatchSize + 1> by_size_{};
};

}  // namespace wanwu::batching
