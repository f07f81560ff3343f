#pragma once

#include <cstdint>
#include <random>

#include "client/loadgen/load_plan.h"

namespace wanwu::loadgen {

// When the requests of an open loop are due. The same seed gives the same
// times, whatever the standard library.
class ArrivalSchedule {
 public:
  // Equal steps that kStep climbs in.
  static constexpr int kSteps = 5;

  // kStep and kRamp reach the load's rate at the end of `duration` and keep it.
  ArrivalSchedule(const Load& load, Duration duration, std::uint64_t seed);

  // Since the start, never before the one returned last. kConstant's first
  // request is due at 0.
  Duration Next();

 private:
  // Seconds until `requests` requests are due, at the shape's rate.
  double TimeOf(double requests) const;
  double StepTimeOf(double requests) const;
  double RampTimeOf(double requests) const;

  const Load load_;
  const double duration_;
  std::mt19937_64 random_;
  std::uint64_t count_ = 0;
  double poisson_time_ = 0;
};

}  // namespace wanwu::loadgen
