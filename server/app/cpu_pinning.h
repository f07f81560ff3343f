#pragma once

#include <vector>

#include "absl/status/status.h"
#include "server/app/cpu_budget.h"

namespace wanwu::app {

enum class PinLanes {
  kAuto,  // only where the CPU set was narrowed for this process
  kOn,
  kOff,
};

// The CPU of each lane, or nothing if lanes stay free. Pinning without a CPU
// set of one's own would put every server of a host on the same first CPUs, so
// kAuto refuses that; it also refuses to stack two lanes on one CPU, which kOn
// does when there are more lanes than CPUs.
std::vector<int> PlanLaneCpus(PinLanes mode, int lanes,
                              const CpuBudget& budget);

[[nodiscard]] absl::Status PinCurrentThread(int cpu);

}  // namespace wanwu::app
