#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/loadgen/load_run.h"

namespace wanwu::loadgen {

// What the search for the highest rate found.
struct SloResult {
  Duration p99{};
  // Absent if no rate held it.
  std::optional<double> rate = {};
};

// All that one call of the load generator found.
struct LoadReport {
  // When it began, as in RFC 3339.
  std::string started;
  std::string address;
  // "unary" or "stream".
  std::string calls;
  int connections = 1;
  std::size_t pictures = 0;
  double mean_picture_bytes = 0;
  int cpus = 1;
  std::string cpu_model = {};
  std::vector<RunResult> runs = {};
  std::optional<SloResult> slo = {};
  bool interrupted = false;
};

// "50/s poisson: WARNING" for each run's warnings.
std::vector<std::string> WarningsOf(const LoadReport& report);

// The model that answered; empty if none did.
std::string ModelOf(const LoadReport& report);

}  // namespace wanwu::loadgen
