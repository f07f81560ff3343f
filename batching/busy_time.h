#pragma once

#include <atomic>

#include "batching/cache_line.h"
#include "batching/clock.h"

namespace wanwu::batching {

// How long one lane has been running batches, or feeding, since its start.
// Begin and End, always in turn, are the lane's; Total is anybody's.
class alignas(kCacheLineBytes) BusyTime {
 public:
  void Begin(Clock::TimePoint now) noexcept { Add(-now.time_since_epoch()); }
  void End(Clock::TimePoint now) noexcept { Add(now.time_since_epoch()); }

  // With what has passed of what is under way. If that ends during the call,
  // a moment too much: the next call may then give less.
  [[nodiscard]] Clock::Duration Total(const Clock& clock) const {
    // Relaxed: the word orders nothing else.
    const Clock::Duration word(word_.load(std::memory_order_relaxed));
    if (word >= Clock::Duration::zero()) return word;
    return clock.Now().time_since_epoch() + word;
  }

 private:
  // Only the lane writes, so that nothing can come between load and store.
  void Add(Clock::Duration change) noexcept {
    word_.store(word_.load(std::memory_order_relaxed) + change.count(),
                std::memory_order_relaxed);
  }

  // Between batches the total; during one the total less the batch's start,
  // which is negative, as clocks count from before the lane's start. One word,
  // so that a reader counts every batch once.
  std::atomic<Clock::Duration::rep> word_{0};
};

}  // namespace wanwu::batching
