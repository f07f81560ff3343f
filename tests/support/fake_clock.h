#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "batching/clock.h"

namespace wanwu::test_support {

// Moves only when told to. A thread that waits on it wakes when Advance passes
// its time, whatever the real time. Thread-safe; nobody may wait on it when it
// is destroyed, and what waits on it must outlive a running Advance.
class FakeClock final : public batching::Clock {
 public:
  [[nodiscard]] TimePoint Now() const override {
    const std::lock_guard lock(mu_);
    return now_;
  }

  void Advance(Duration by) {
    std::vector<Waiter> waiters;
    {
      const std::lock_guard lock(mu_);
      now_ += by;
      waiters = waiters_;
    }
    for (const Waiter& waiter : waiters) {
      // A waiter holds its mutex from registering until it sleeps.
      { const std::lock_guard lock(*waiter.mutex); }
      waiter.condition->notify_all();
    }
  }

  void WaitUntil(std::condition_variable& condition,
                 std::unique_lock<std::mutex>& lock,
                 TimePoint until) const override {
    {
      const std::lock_guard own_lock(mu_);
      if (now_ >= until) return;
      waiters_.push_back({&condition, lock.mutex(), until});
      waiters_changed_.notify_all();
    }
    condition.wait(lock);
    const std::lock_guard own_lock(mu_);
    // One entry only: several lanes may wait alike.
    waiters_.erase(std::find(waiters_.begin(), waiters_.end(),
                             Waiter{&condition, lock.mutex(), until}));
    waiters_changed_.notify_all();
  }

  // Blocks until a thread waits on this clock for exactly `until`.
  void AwaitWaiterUntil(TimePoint until) const {
    std::unique_lock lock(mu_);
    waiters_changed_.wait(lock, [&] {
      for (const Waiter& waiter : waiters_) {
        if (waiter.until == until) return true;
      }
      return false;
    });
  }

 private:
  struct Waiter {
    std::condition_variable* condition;
    std::mutex* mutex;
    TimePoint until;
    friend bool operator==(const Waiter&, const Waiter&) = default;
  };

  mutable std::mutex mu_;
  mutable std::condition_variable waiters_changed_;
  TimePoint now_{std::chrono::hours(1)};
  mutable std::vector<Waiter> waiters_;
};

}  // namespace wanwu::test_support
