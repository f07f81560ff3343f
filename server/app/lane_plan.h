#pragma once

#include <vector>

#include "server/app/cpu_budget.h"
#include "server/app/server_config.h"

namespace wanwu::app {

// The threads that run models, and those that decode for them.
struct LanePlan {
  int lanes = 1;
  // Of one lane, the lane's own included.
  int intra_op_threads = 1;
  // Threads that only decode; 0: the lanes decode.
  int decode_threads = 0;
  // Of each lane; empty: lanes stay free.
  std::vector<std::vector<int>> cpus = {};

  int threads() const { return lanes * intra_op_threads; }
};

LanePlan PlanLanes(const ServerConfig& config, const CpuBudget& budget);

}  // namespace wanwu::app
