#include "client/loadgen/arrival_schedule.h"

#include <algorithm>
#include <cmath>

namespace wanwu::loadgen {
namespace {

// In (0, 1]. std::exponential_distribution differs between libraries.
double Uniform(std::mt19937_64& random) {
  return (static_cast<double>(random() >> 11) + 1) * 0x1p-53;
}

}  // namespace

ArrivalSchedule::ArrivalSchedule(const Load& load, Duration duration,
                                 std::uint64_t seed)
    : load_(load), duration_(Seconds(duration)), random_(seed) {}

Duration ArrivalSchedule::Next() {
  if (load_.arrivals == Arrivals::kPoisson) {
    poisson_time_ -= std::log(Uniform(random_)) / load_.rate;
    return FromSeconds(poisson_time_);
  }
  return FromSeconds(TimeOf(static_cast<double>(count_++)));
}

double ArrivalSchedule::TimeOf(double requests) const {
  switch (load_.arrivals) {
    case Arrivals::kBurst: {
      const double burst = std::max(load_.burst, 1);
      return std::floor(requests / burst) * burst / load_.rate;
    }
    case Arrivals::kStep:
      return StepTimeOf(requests);
    case Arrivals::kRamp:
      return RampTimeOf(requests);
    case Arrivals::kConstant:
    case Arrivals::kPoisson:
      break;
  }
  return requests / load_.rate;
}

double ArrivalSchedule::StepTimeOf(double requests) const {
  const double step_time = duration_ / kSteps;
  for (int step = 1; step < kSteps; ++step) {
    const double rate = load_.rate * step / kSteps;
    const double in_step = rate * step_time;
    if (requests < in_step) return (step - 1) * step_time + requests / rate;
    requests -= in_step;
  }
  return (kSteps - 1) * step_time + requests / load_.rate;
}

// The rate grows as r t / T, so r t² / 2T requests are due until t.
double ArrivalSchedule::RampTimeOf(double requests) const {
  const double in_ramp = load_.rate * duration_ / 2;
  if (requests >= in_ramp) return duration_ + (requests - in_ramp) / load_.rate;
  return std::sqrt(2 * duration_ * requests / load_.rate);
}

}  // namespace wanwu::loadgen
