#include "batching/clock.h"

#include <algorithm>

namespace wanwu::batching {

void Clock::WaitUntil(std::condition_variable& condition,
                      std::unique_lock<std::mutex>& lock,
                      TimePoint until) const {
  // Bounded, so that a far time point cannot overflow inside wait_for.
  constexpr Duration kLongestWait = std::chrono::hours(1);
  condition.wait_for(lock, std::min<Duration>(until - Now(), kLongestWait));
}

Clock::TimePoint SteadyClock::Now() const {
  return std::chrono::steady_clock::now();
}

}  // namespace wanwu::batching
