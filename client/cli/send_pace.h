#pragma once

#include <chrono>
#include <cstddef>
#include <limits>

namespace wanwu::cli {

// How fast to send to a server that refuses what comes too fast: not before
// the time it asked to wait, then with half as much in flight, then slowly more
// again. Unlimited until the first refusal.
class SendPace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  bool MaySend(std::size_t in_flight, Time now) const {
    return now >= resume_at_ && in_flight < most_;
  }

  // Nothing may be sent before.
  Time resume_at() const { return resume_at_; }

  void OnAnswer();

  // `in_flight` were in flight, the refused one included.
  void OnRefusal(std::size_t in_flight, std::chrono::nanoseconds delay,
                 Time now);

 private:
  std::size_t most_ = std::numeric_limits<std::size_t>::max();
  std::size_t answers_ = 0;
  Time resume_at_ = Time::min();
};

}  // namespace wanwu::cli
