#pragma once

#include <cstdint>
#include <optional>

#include "batching/clock.h"

namespace wanwu::pipeline {

// How fast admitted work is done, in CPU time of work per time: two where two
// CPUs have nothing else to do, less where others use them or the estimates of
// the work are too low. So waits that are computed with it are right however
// wrong those are. Measured only while there is work for everybody, since else
// it is the callers that are slow; without that it goes back to the start, so
// that no low rate can keep the work away that would show a better one. Not
// thread-safe.
class DrainRate {
 public:
  // `start` is what is assumed until the first measurement; positive.
  explicit DrainRate(double start) : rate_(start), start_(start) {}

  // A job has ended after that much work. `saturated`: what is left keeps all
  // threads busy.
  void Done(int64_t work_ns, bool saturated, batching::Clock::TimePoint now);

  double rate() const { return rate_; }

  batching::Clock::Duration TimeFor(int64_t work_ns) const;

 private:
  double rate_;
  const double start_;
  bool saturated_ = false;
  std::optional<batching::Clock::TimePoint> last_;
  // Since the last measurement was taken.
  batching::Clock::Duration busy_{};
  int64_t work_ns_ = 0;
};

}  // namespace wanwu::pipeline
