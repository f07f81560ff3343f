#include "server/app/cpu_pinning.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace wanwu::app {

std::vector<std::vector<int>> PlanLaneCpus(PinLanes mode, int lanes,
                                           int threads_per_lane,
                                           const CpuBudget& budget) {
  const size_t threads =
      static_cast<size_t>(lanes) * static_cast<size_t>(threads_per_lane);
  const bool exclusive = threads <= budget.allowed.size();
  const bool pinned = mode == PinLanes::kOn || (mode == PinLanes::kAuto &&
                                                budget.narrowed() && exclusive);
  std::vector<std::vector<int>> cpus;
  if (!pinned || budget.allowed.empty()) return cpus;
  cpus.resize(static_cast<size_t>(lanes));
  for (size_t thread = 0; thread < threads; ++thread) {
    cpus[thread / static_cast<size_t>(threads_per_lane)].push_back(
        budget.allowed[thread % budget.allowed.size()]);
  }
  return cpus;
}

absl::Status PinCurrentThread(std::span<const int> cpus) {
  if (cpus.empty()) return absl::InvalidArgumentError("no CPU");
  const auto [least, most] = std::minmax_element(cpus.begin(), cpus.end());
  if (*least < 0) return absl::InvalidArgumentError("negative CPU");
  cpu_set_t* const set = CPU_ALLOC(*most + 1);
  const size_t bytes = CPU_ALLOC_SIZE(*most + 1);
  CPU_ZERO_S(bytes, set);
  for (const int cpu : cpus) CPU_SET_S(static_cast<size_t>(cpu), bytes, set);
  const int error = sched_setaffinity(0, bytes, set) == 0 ? 0 : errno;
  CPU_FREE(set);
  return error == 0 ? absl::OkStatus()
                    : absl::ErrnoToStatus(
                          error, absl::StrCat("cannot pin to CPU ",
                                              absl::StrJoin(cpus, ",")));
}

}  // namespace wanwu::app
