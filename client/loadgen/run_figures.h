#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/loadgen/load_run.h"

namespace wanwu::loadgen {

// What a run's counts amount to. Rates are per second.
struct RunFigures {
  // What was due; absent in a closed loop, which offers what is taken.
  std::optional<double> offered = {};
  // Good answers.
  double achieved = 0;
  // Good answers within the deadline; absent without one.
  std::optional<double> goodput = {};
  // Pictures' mean batch size; 0 if the server tells none.
  double mean_batch = 0;
  // CPUs that the load generator used, such as 0.4.
  double own_cpus = 0;
  // Of the server, if its process was given: CPUs used, CPU time per good
  // answer, and resident memory at the end.
  std::optional<double> server_cpus = {};
  std::optional<double> server_cpu_ms = {};
  std::optional<double> server_megabytes = {};
};

RunFigures FiguresOf(const RunResult& run);

// Why this run's figures must not be taken for the server's alone, a sentence
// each. `cpus` is how many this machine offers.
std::vector<std::string> WarningsAbout(const RunResult& run, int cpus);

// Whether at least 99 % of what was due was answered well within `slo`. What
// failed or was shed counts against it.
bool HoldsSlo(const RunResult& run, Duration slo);

}  // namespace wanwu::loadgen
