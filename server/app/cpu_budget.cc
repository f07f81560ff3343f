#include "server/app/cpu_budget.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "server/app/cgroup_limit.h"

namespace wanwu::app {
namespace {

namespace fs = std::filesystem;

// Microseconds of CPU time per microseconds of time.
std::optional<double> Ratio(absl::string_view quota, absl::string_view period) {
  int64_t quota_us = 0;
  int64_t period_us = 0;
  if (!absl::SimpleAtoi(quota, &quota_us) || quota_us <= 0 ||
      !absl::SimpleAtoi(period, &period_us) || period_us <= 0) {
    return std::nullopt;  // "max" in v2 and -1 in v1 mean no limit
  }
  return static_cast<double>(quota_us) / static_cast<double>(period_us);
}

std::optional<double> ReadV2Limit(const fs::path& directory) {
  const std::string text = ReadText(directory / "cpu.max");
  const std::vector<absl::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  if (words.size() != 2) return std::nullopt;
  return Ratio(words[0], words[1]);
}

std::optional<double> ReadV1Limit(const fs::path& directory) {
  return Ratio(ReadText(directory / "cpu.cfs_quota_us"),
               ReadText(directory / "cpu.cfs_period_us"));
}

class CpuMask {
 public:
  explicit CpuMask(int cpus)
      : set_(CPU_ALLOC(cpus)), bytes_(CPU_ALLOC_SIZE(cpus)) {}
  ~CpuMask() { CPU_FREE(set_); }
  CpuMask(const CpuMask&) = delete;
  CpuMask& operator=(const CpuMask&) = delete;

  bool ReadAffinity() { return sched_getaffinity(0, bytes_, set_) == 0; }
  bool Holds(int cpu) const {
    return CPU_ISSET_S(static_cast<size_t>(cpu), bytes_, set_) != 0;
  }

 private:
  cpu_set_t* const set_;
  const size_t bytes_;
};

std::vector<int> ReadAffinity() {
  // The kernel refuses a mask shorter than its own, whose size it does not
  // tell.
  constexpr int kMostCpus = 1 << 17;
  for (int cpus = CPU_SETSIZE; cpus <= kMostCpus; cpus *= 2) {
    CpuMask mask(cpus);
    if (!mask.ReadAffinity()) {
      if (errno == EINVAL) continue;
      break;
    }
    std::vector<int> allowed;
    for (int cpu = 0; cpu < cpus; ++cpu) {
      if (mask.Holds(cpu)) allowed.push_back(cpu);
    }
    return allowed;
  }
  return {0};
}

int ReadOnline(const fs::path& root) {
  const int listed =
      CountCpuList(ReadText(root / "sys/devices/system/cpu/online"));
  if (listed > 0) return listed;
  return static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

}  // namespace

int CpuBudget::count() const {
  // Beyond any machine, so that the conversion below stays in range.
  constexpr double kMostCpus = 1 << 20;
  int cpus = static_cast<int>(allowed.size());
  if (quota.has_value()) {
    cpus = std::min(cpus, static_cast<int>(std::min(*quota, kMostCpus)));
  }
  return std::max(1, cpus);
}

int CountCpuList(std::string_view list) {
  int count = 0;
  const absl::string_view text(list.data(), list.size());
  for (absl::string_view range :
       absl::StrSplit(absl::StripAsciiWhitespace(text), ',')) {
    const std::vector<absl::string_view> ends =
        absl::StrSplit(range, absl::MaxSplits('-', 1));
    int first = 0;
    int last = 0;
    if (!absl::SimpleAtoi(ends.front(), &first) ||
        !absl::SimpleAtoi(ends.back(), &last) || first < 0 || last < first) {
      return 0;
    }
    count += last - first + 1;
  }
  return count;
}

std::optional<double> ReadCgroupQuota(const fs::path& root) {
  return SmallestCgroupLimit({"cpu", ReadV1Limit, ReadV2Limit}, root);
}

CpuBudget ReadCpuBudget(const fs::path& root) {
  return {.allowed = ReadAffinity(),
          .online = ReadOnline(root),
          .quota = ReadCgroupQuota(root)};
}

}  // namespace wanwu::app
