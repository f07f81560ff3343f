#include "batching/batcher_stats.h"

namespace wanwu::batching {

// Relaxed throughout: counts order nothing else.

void QueueCounters::Add(const Handled& handled) noexcept {
  if (handled.run > 0) {
    by_size_[handled.run].fetch_add(1, std::memory_order_relaxed);
  }
  expired_.fetch_add(handled.expired, std::memory_order_relaxed);
  cancelled_.fetch_add(handled.cancelled, std::memory_order_relaxed);
}

void QueueCounters::CopyTo(QueueStats& stats) const noexcept {
  stats.expired = expired_.load(std::memory_order_relaxed);
  stats.cancelled = cancelled_.load(std::memory_order_relaxed);
  for (std::size_t size = 1; size < by_size_.size(); ++size) {
    const std::uint64_t batches =
        by_size_[size].load(std::memory_order_relaxed);
    stats.batches_by_size[size] = batches;
    stats.batches += batches;
    stats.jobs_run += batches * size;
  }
}

}  // namespace wanwu::batching
