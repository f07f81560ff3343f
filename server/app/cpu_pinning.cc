#include "server/app/cpu_pinning.h"

#include <sched.h>

#include <cerrno>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace wanwu::app {

std::vector<int> PlanLaneCpus(PinLanes mode, int lanes,
                              const CpuBudget& budget) {
  const bool exclusive = lanes <= static_cast<int>(budget.allowed.size());
  const bool pinned = mode == PinLanes::kOn || (mode == PinLanes::kAuto &&
                                                budget.narrowed() && exclusive);
  std::vector<int> cpus;
  if (!pinned || budget.allowed.empty()) return cpus;
  for (int lane = 0; lane < lanes; ++lane) {
    cpus.push_back(
        budget.allowed[static_cast<size_t>(lane) % budget.allowed.size()]);
  }
  return cpus;
}

absl::Status PinCurrentThread(int cpu) {
  if (cpu < 0) return absl::InvalidArgumentError("negative CPU");
  cpu_set_t* const set = CPU_ALLOC(cpu + 1);
  const size_t bytes = CPU_ALLOC_SIZE(cpu + 1);
  CPU_ZERO_S(bytes, set);
  CPU_SET_S(static_cast<size_t>(cpu), bytes, set);
  const int error = sched_setaffinity(0, bytes, set) == 0 ? 0 : errno;
  CPU_FREE(set);
  return error == 0 ? absl::OkStatus()
                    : absl::ErrnoToStatus(
                          error, absl::StrCat("cannot pin to CPU ", cpu));
}

}  // namespace wanwu::app
