#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace wanwu::signals {

// For a std::jthread that does something now and then: true if it is to stop,
// which it learns at once, false after `time`.
template <typename Rep, typename Period>
bool WaitForStop(const std::stop_token& stop,
                 std::chrono::duration<Rep, Period> time) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  return never.wait_for(lock, stop, time,
                        [&stop] { return stop.stop_requested(); });
}

}  // namespace wanwu::signals
