#pragma once

#include <optional>
#include <string>

namespace wanwu::tuning {

// What one run of load against one configuration found.
struct Measurement {
  // Good answers per second.
  double rate = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  // Of what was due: answered with an error, or never sent.
  double failed_share = 0;
  // Whether 99 % of what was due was answered within the goal's time.
  bool in_time = true;
  double mean_batch = 0;
  std::optional<double> cpu_ms_per_answer = {};
  // As the answers say, such as "int8"; empty if nothing was answered.
  std::string precision = {};
  // CPUs that the server counts for itself.
  int cpus = 1;
};

}  // namespace wanwu::tuning
