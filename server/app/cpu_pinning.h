#pragma once

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "server/app/cpu_budget.h"

namespace wanwu::app {

enum class PinLanes {
  kAuto,  // only where the CPU set was narrowed for this process
  kOn,
  kOff,
};

// The CPUs of each lane, one for each of its threads, or nothing if lanes stay
// free. Pinning without a CPU set of one's own would put every server of a host
// on the same first CPUs, so kAuto refuses that; it also refuses to give a CPU
// to two threads, which kOn does when there are more threads than CPUs.
std::vector<std::vector<int>> PlanLaneCpus(PinLanes mode, int lanes,
                                           int threads_per_lane,
                                           const CpuBudget& budget);

// Keeps the calling thread, and those that it starts from now on, on these
// CPUs.
[[nodiscard]] absl::Status PinCurrentThread(std::span<const int> cpus);

}  // namespace wanwu::app
