#include "server/pipeline/drain_rate.h"

#include <algorithm>
#include <chrono>

namespace wanwu::pipeline {
namespace {

using batching::Clock;

// Long enough for several batches, short enough to follow a neighbour who takes
// a CPU.
constexpr Clock::Duration kMeasuredOver = std::chrono::milliseconds(100);
constexpr double kWeightOfNew = 0.3;
constexpr Clock::Duration kForgottenOver = std::chrono::seconds(1);
// A machine that stood still is not slow for ever.
constexpr double kLeastOfStart = 0.02;
constexpr double kMostOfStart = 4;

double Nanoseconds(Clock::Duration duration) {
  return std::chrono::duration<double, std::nano>(duration).count();
}

}  // namespace

void DrainRate::Done(int64_t work_ns, bool saturated, Clock::TimePoint now) {
  const Clock::Duration passed = now - last_.value_or(now);
  if (saturated_) {
    busy_ += passed;
    work_ns_ += work_ns;
  } else {
    const double forgotten =
        std::min(1.0, Nanoseconds(passed) / Nanoseconds(kForgottenOver));
    rate_ += forgotten * (start_ - rate_);
  }
  saturated_ = saturated;
  last_ = now;
  if (busy_ < kMeasuredOver) return;
  const double measured = static_cast<double>(work_ns_) / Nanoseconds(busy_);
  rate_ = std::clamp(rate_ + kWeightOfNew * (measured - rate_),
                     kLeastOfStart * start_, kMostOfStart * start_);
  busy_ = {};
  work_ns_ = 0;
}

Clock::Duration DrainRate::TimeFor(int64_t work_ns) const {
  return std::chrono::duration_cast<Clock::Duration>(
      std::chrono::duration<double, std::nano>(static_cast<double>(work_ns) /
                                               rate_));
}

}  // namespace wanwu::pipeline
