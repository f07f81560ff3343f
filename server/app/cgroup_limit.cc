#include "server/app/cgroup_limit.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace wanwu::app {
namespace {

namespace fs = std::filesystem;

// The smallest limit on the way from `group` up to the hierarchy's top. A
// group that is not there is passed over: in a container the path may be the
// host's while only the container's part is mounted, at the top.
std::optional<double> SmallestLimit(const fs::path& top,
                                    absl::string_view group,
                                    CgroupLimitReader read) {
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
std::vector<fs::path> Mounts(const fs::path& root, const CgroupLine& line,
                             std::string_view controller) {
  const fs::path base = root / "sys/fs/cgroup";
  if (line.controllers.empty()) return {base, base / "unified"};
  return {base / std::string(line.controllers), base / controller};
}

bool Holds(const CgroupLine& line, std::string_view controller) {
  if (line.controllers.empty()) return true;
  const std::vector<absl::string_view> controllers =
      absl::StrSplit(line.controllers, ',');
  return std::find(controllers.begin(), controllers.end(),
                   absl::string_view(controller.data(), controller.size())) !=
         controllers.end();
}

}  // namespace

std::string ReadText(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return text.str();
}

std::optional<double> SmallestCgroupLimit(const CgroupLimit& limit,
                                          const fs::path& root) {
  std::optional<double> smallest;
  const std::string text = ReadText(root / "proc/self/cgroup");
  for (absl::string_view row : absl::StrSplit(text, '\n')) {
    const std::optional<CgroupLine> line = ParseLine(row);
    if (!line || !Holds(*line, limit.controller)) continue;
    const CgroupLimitReader read =
        line->controllers.empty() ? limit.read_v2 : limit.read_v1;
    for (const fs::path& mount : Mounts(root, *line, limit.controller)) {
      const auto found = SmallestLimit(mount, line->group, read);
      if (found && (!smallest || *found < *smallest)) smallest = found;
    }
  }
  return smallest;
}

}  // namespace wanwu::app
