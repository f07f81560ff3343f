#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace wanwu::app {

// The CPUs that this process may use, which in a container are fewer than the
// host has.
struct CpuBudget {
  std::vector<int> allowed;  // ids in the affinity mask, ascending, never empty
  int online = 1;            // of the host
  std::optional<double> quota;  // CPUs by cgroup limit; nothing: unlimited

  // How many threads can compute at once, at least 1: what the mask allows,
  // bounded by the quota rounded down. Up would be wrong: when more threads
  // run than the quota covers, the kernel stops all of them for the rest of
  // each period, which every request in flight then waits for; and the part
  // rounded off is what pollers and decoding live on.
  int count() const;

  // True if somebody (cpuset, taskset, a static CPU policy) chose CPUs for
  // this process.
  bool narrowed() const { return static_cast<int>(allowed.size()) < online; }
};

// Reads the calling thread's affinity mask and, under `root`, the limits of
// its cgroup and of every one above it, v1 and v2. What cannot be read limits
// nothing.
CpuBudget ReadCpuBudget(const std::filesystem::path& root = "/");

// The smallest cgroup limit, in CPUs.
std::optional<double> ReadCgroupQuota(const std::filesystem::path& root);

// The number of CPUs in a kernel list such as "0-3,8"; 0 if it is malformed.
int CountCpuList(std::string_view list);

}  // namespace wanwu::app
