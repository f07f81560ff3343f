#pragma once

#include <string>
#include <vector>

#include "client/tuning/measurement.h"
#include "client/tuning/settings.h"

namespace wanwu::tuning {

// One configuration and all that was found about it.
struct Trial {
  Settings settings;
  // In the order that they were made.
  std::vector<Measurement> runs = {};
  // Why it could not be measured; empty if it could.
  std::string failure = {};
};

}  // namespace wanwu::tuning
