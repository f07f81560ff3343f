#pragma once

#include <cstddef>
#include <functional>

#include "batching/clock.h"

namespace wanwu::batching {

class Feeder;

// Models that can be queued for at the same time.
inline constexpr int kMaxQueues = 64;

// Larger batches are never formed.
inline constexpr int kLargestBatchSize = 64;

struct BatcherOptions {
  // Threads that run batches, at least 1. One per core this process may use.
  int lane_count = 1;
  // Called once on each lane's thread before anything else there. May be empty.
  std::function<void(int lane)> on_lane_start = {};
  // What lanes do while they have no batch to run or could have a larger one.
  // Must outlive the batcher. Null: nothing.
  Feeder* feeder = nullptr;
};

struct QueueOptions {
  // Slots of each of the model's rings (one per priority), rounded up to a
  // power of two. A cancelled job keeps its slot until it reaches the head, so
  // allow for more slots than jobs admitted.
  std::size_t capacity = 1024;
  // Clamped to [1, kLargestBatchSize].
  int max_batch_size = 8;
  // How long a job may wait for a batch of max_batch_size to fill up although a
  // lane is idle, but never so long that its deadline could not be met. 0: a
  // lane takes whatever is queued, even one job. Clamped to [0, 1 min].
  Clock::Duration max_queue_delay = Clock::Duration::zero();
};

}  // namespace wanwu::batching
