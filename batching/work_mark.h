#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "batching/cache_line.h"
#include "batching/clock.h"

namespace wanwu::batching {

// Since when one thread has been at one piece of work, for whoever looks after
// threads that are stuck. Begin and End are the thread's, `since` is anybody's.
class alignas(kCacheLineBytes) WorkMark {
 public:
  // Again, where the work shows that it gets on.
  void Begin(Clock::TimePoint now) noexcept {
    // Relaxed: the word orders nothing else.
    since_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  }
  void End() noexcept { since_.store(kNone, std::memory_order_relaxed); }

  [[nodiscard]] std::optional<Clock::TimePoint> since() const {
    const Clock::Duration::rep since = since_.load(std::memory_order_relaxed);
    if (since == kNone) return std::nullopt;
    return Clock::TimePoint(Clock::Duration(since));
  }

 private:
  static constexpr Clock::Duration::rep kNone = Clock::Duration::min().count();

  std::atomic<Clock::Duration::rep> since_{kNone};
};

// Marks the work of its scope.
class AtWork {
 public:
  AtWork(WorkMark& mark, Clock::TimePoint now) : mark_(mark) {
    mark_.Begin(now);
  }
  ~AtWork() { mark_.End(); }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;

 private:
  WorkMark& mark_;
};

// A thread that is at work.
struct ThreadAtWork {
  std::string thread;
  Clock::TimePoint since;
};

}  // namespace wanwu::batching
