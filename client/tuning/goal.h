#pragma once

#include <string>

#include "client/loadgen/clock.h"
#include "client/tuning/measurement.h"

namespace wanwu::tuning {

enum class Aim {
  // As many answers per second as possible at saturation.
  kThroughput,
  // 99 % of the answers within a time at a given rate; of what gives that, the
  // lowest p99, then the least CPU time.
  kLatency,
};

struct Goal {
  Aim aim = Aim::kThroughput;
  // Of the closed loop that saturates the server.
  int clients = 32;
  // Of the open loop, requests per second.
  double rate = 0;
  loadgen::Duration p99{};
};

// "most answers per second with 32 clients" or
// "p99 <= 50 ms at 100 requests/s".
std::string Describe(const Goal& goal);

// Whether the run did what is asked at least. More than 1 % of errors is never
// enough.
bool Meets(const Goal& goal, const Measurement& run);

// p99s that differ by less say nothing.
inline constexpr double kSameP99 = 0.1;

// Whether `run` is better than `best`, as far as one run each can tell.
bool IsBetter(const Goal& goal, const Measurement& run,
              const Measurement& best);

}  // namespace wanwu::tuning
