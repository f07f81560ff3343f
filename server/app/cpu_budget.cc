#include "server/app/cpu_budget.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace wanwu::app {
namespace {

namespace fs = std::filesystem;

std::string ReadText(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return text.str();
}

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

using LimitReader = std::optional<double> (*)(const fs::path&);

// The smallest limit on the way from `group` up to the hierarchy's top. A
// group that is not there is passed over: in a container the path may be the
// host's while only the container's part is mounted, at the top.
std::optional<double> SmallestLimit(const fs::path& top,
                                    absl::string_view group, LimitReader read) {
  std::optional<double> smallest;
  fs::path below = fs::path(std::string(group)).lexically_normal();
  below = below.relative_path();
  while (true) {
    const std::optional<double> limit = read(top / below);
    if (limit && (!smallest || *limit < *smallest)) smallest = limit;
    if (below.empty()) return smallest;
    below = below.parent_path();
  }
}

// One line of /proc/self/cgroup: "0::/group" in v2, "4:cpu,cpuacct:/group" in
// v1.
struct CgroupLine {
  absl::string_view controllers;
  absl::string_view group;
};

std::optional<CgroupLine> ParseLine(absl::string_view line) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits(':', 2));
  if (parts.size() != 3) return std::nullopt;
  return CgroupLine{parts[1], parts[2]};
}

// Where the line's hierarchy is mounted: the usual places.
std::vector<fs::path> Mounts(const fs::path& root, const CgroupLine& line) {
  const fs::path base = root / "sys/fs/cgroup";
  if (line.controllers.empty()) return {base, base / "unified"};
  return {base / std::string(line.controllers), base / "cpu"};
}

bool HoldsCpuController(const CgroupLine& line) {
  if (line.controllers.empty()) return true;
  const std::vector<absl::string_view> controllers =
      absl::StrSplit(line.controllers, ',');
  return std::find(controllers.begin(), controllers.end(), "cpu") !=
         controllers.end();
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
  std::optional<double> smallest;
  const std::string text = ReadText(root / "proc/self/cgroup");
  for (absl::string_view row : absl::StrSplit(text, '\n')) {
    const std::optional<CgroupLine> line = ParseLine(row);
    if (!line || !HoldsCpuController(*line)) continue;
    const LimitReader read =
        line->controllers.empty() ? &ReadV2Limit : &ReadV1Limit;
    for (const fs::path& mount : Mounts(root, *line)) {
      const auto limit = SmallestLimit(mount, line->group, read);
      if (limit && (!smallest || *limit < *smallest)) smallest = limit;
    }
  }
  return smallest;
}

CpuBudget ReadCpuBudget(const fs::path& root) {
  return {.allowed = ReadAffinity(),
          .online = ReadOnline(root),
          .quota = ReadCgroupQuota(root)};
}

}  // namespace wanwu::app
