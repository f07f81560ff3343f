#include "client/loadgen/cpu_usage.h"

#include <sched.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace wanwu::loadgen {
namespace {

// Empty if it cannot be read.
std::string ReadProc(pid_t process, const std::string& name) {
  std::ifstream file(absl::StrCat("/proc/", process, "/", name));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<std::uint64_t> ResidentBytes(pid_t process) {
  const std::string text = ReadProc(process, "statm");
  const std::vector<std::string> fields = absl::StrSplit(text, ' ');
  std::uint64_t pages = 0;
  if (fields.size() < 2 || !absl::SimpleAtoi(fields[1], &pages)) {
    return std::nullopt;
  }
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

double OwnSeconds() {
  timespec used = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) +
         static_cast<double>(used.tv_nsec) / 1e9;
}

}  // namespace

CpuReading CpuMeter::Read() const {
  CpuReading reading{.own_seconds = OwnSeconds()};
  if (!server_) return reading;
  const auto ticks = TicksFromStat(ReadProc(*server_, "stat"));
  if (ticks) {
    reading.server_seconds =
        static_cast<double>(*ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  reading.server_bytes = ResidentBytes(*server_);
  return reading;
}

std::optional<std::uint64_t> TicksFromStat(std::string_view stat) {
  // The program's name stands in brackets and may hold any character.
  constexpr std::size_t kUser = 12;
  constexpr std::size_t kSystem = 13;
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  const std::vector<std::string> fields =
      absl::StrSplit(std::string(stat.substr(name_end + 1)), ' ');
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  if (fields.size() <= kSystem || !absl::SimpleAtoi(fields[kUser], &user) ||
      !absl::SimpleAtoi(fields[kSystem], &system)) {
    return std::nullopt;
  }
  return user + system;
}

int AvailableCpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return CPU_COUNT(&set);
}

std::string CpuModel() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const auto colon = line.find(": ");
    return colon == std::string::npos ? "" : line.substr(colon + 2);
  }
  return "";
}

}  // namespace wanwu::loadgen
