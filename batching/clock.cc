#include "batching/clock.h"

#include <time.h>

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

Clock::Duration SteadyClock::ThreadTime() const {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) +
         std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace wanwu::batching
