#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client/loadgen/clock.h"

namespace wanwu::loadgen {

enum class Arrivals { kPoisson, kConstant, kBurst, kStep, kRamp };

enum class Loop {
  // A number of clients, each sending when its answer has come.
  kClosed,
  // Requests at times of their own, whatever the answers do.
  kOpen,
};

struct Load {
  Loop loop = Loop::kClosed;

  // Of the closed loop.
  int clients = 1;

  // Of the open loop, requests per second: the mean, or for kStep and kRamp
  // what is reached at the end.
  double rate = 0;
  Arrivals arrivals = Arrivals::kPoisson;
  // Requests that come at once in kBurst.
  int burst = 10;
};

enum class Until { kDuration, kStable };

// One run.
struct LoadPlan {
  Load load = {};

  // Before the measurement, the same load; not reported.
  Duration warm_up = std::chrono::seconds(2);

  Until until = Until::kDuration;
  // Of the measurement, with kDuration.
  Duration duration = std::chrono::seconds(10);
  // Of the measurement at most, with kStable.
  Duration max_duration = std::chrono::seconds(60);
  // What is compared with kStable, and a step of the plots over time.
  Duration window = std::chrono::seconds(2);

  // Of the open loop: what is due beyond it is shed by the client.
  int max_in_flight = 512;

  // From the scheduled time: how long a request may take.
  Duration timeout = std::chrono::seconds(30);
  // The same, if the server is told of it and later answers are no goodput.
  std::optional<Duration> deadline = {};

  std::uint64_t seed = 1;

  // The longest that the measurement may take.
  Duration LongestMeasurement() const {
    return until == Until::kStable ? max_duration : duration;
  }
};

// "8 clients" or "50/s poisson".
std::string LoadName(const Load& load);
std::string ArrivalsName(Arrivals arrivals);

}  // namespace wanwu::loadgen
