#pragma once

#include <chrono>

#include "batching/clock.h"

namespace wanwu::rpc {

// Times of the pipeline's clock as the time of day. The difference between the
// two is looked at once, so that what is told with one of these adds up.
class WallTime {
 public:
  using Time = std::chrono::system_clock::time_point;

  explicit WallTime(const batching::Clock& clock)
      : now_(std::chrono::system_clock::now()), clock_now_(clock.Now()) {}

  Time operator()(batching::Clock::TimePoint time) const {
    return now_ + std::chrono::duration_cast<Time::duration>(time - clock_now_);
  }

 private:
  const Time now_;
  const batching::Clock::TimePoint clock_now_;
};

}  // namespace wanwu::rpc
