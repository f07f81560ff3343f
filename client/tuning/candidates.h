#pragma once

#include <string>
#include <vector>

#include "client/tuning/settings.h"

namespace wanwu::tuning {

// One part of the settings that is varied while the others stay.
enum class Axis { kPrecision, kThreads, kBatchSize, kQueueDelay };

// Those that matter most first.
inline constexpr Axis kAxes[] = {Axis::kPrecision, Axis::kThreads,
                                 Axis::kBatchSize, Axis::kQueueDelay};

struct Machine {
  // That the server counts for itself.
  int cpus = 1;
  // What it runs by itself.
  std::string automatic_precision = {};
};

// `from` with every other value of that part that is worth a try.
std::vector<Settings> Candidates(Axis axis, const Settings& from,
                                 const Machine& machine);

}  // namespace wanwu::tuning
