#include "client/loadgen/clock.h"

#include <sys/prctl.h>

namespace wanwu::loadgen {

SteadyClock::SteadyClock() {
  // Otherwise the kernel may wake 50 µs late to save power.
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

TimePoint SteadyClock::Now() const { return std::chrono::steady_clock::now(); }

void SteadyClock::SleepUntil(TimePoint until) {
  std::unique_lock lock(mu_);
  wake_.wait_until(lock, until, [this] { return woken_; });
  woken_ = false;
}

void SteadyClock::Wake() {
  {
    const std::lock_guard lock(mu_);
    woken_ = true;
  }
  wake_.notify_one();
}

}  // namespace wanwu::loadgen
