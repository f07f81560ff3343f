#include "server/app/lane_plan.h"

#include <algorithm>

#include "server/app/cpu_pinning.h"

namespace wanwu::app {

LanePlan PlanLanes(const ServerConfig& config, const CpuBudget& budget) {
  const int cpus = budget.count();
  LanePlan plan;
  plan.lanes = config.lanes > 0
                   ? config.lanes
                   : std::max(1, cpus / std::max(1, config.intra_op_threads));
  plan.intra_op_threads =
      config.intra_op_threads > 0
          ? config.intra_op_threads
          : std::clamp(cpus / plan.lanes, 1, ServerConfig::kMaxIntraOpThreads);
  // A lane's further threads cannot decode, and would stand idle meanwhile.
  plan.decode_threads = config.decode_threads;
  if (plan.decode_threads == 0 && plan.intra_op_threads > 1) {
    plan.decode_threads = plan.threads();
  }
  plan.cpus =
      PlanLaneCpus(config.pin_lanes, plan.lanes, plan.intra_op_threads, budget);
  return plan;
}

}  // namespace wanwu::app
