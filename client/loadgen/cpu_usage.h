#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wanwu::loadgen {

// What processes have used since they started.
struct CpuReading {
  double own_seconds = 0;
  // Absent without a server's process id, or when that process is gone.
  std::optional<double> server_seconds = {};
  // Resident memory of the server.
  std::optional<std::uint64_t> server_bytes = {};
};

class CpuMeter {
 public:
  explicit CpuMeter(std::optional<pid_t> server) : server_(server) {}

  CpuReading Read() const;

 private:
  const std::optional<pid_t> server_;
};

// User and system time in clock ticks, out of /proc/PID/stat.
std::optional<std::uint64_t> TicksFromStat(std::string_view stat);

// CPUs that this process may run on.
int AvailableCpus();

// As /proc/cpuinfo names it; empty if it does not.
std::string CpuModel();

}  // namespace wanwu::loadgen
