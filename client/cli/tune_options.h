#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "client/tuning/goal.h"

namespace wanwu::cli {

enum class TuneFormat { kTable, kJson };

struct TuneOptions {
  std::vector<std::string> paths;
  std::string model_repository = "models";
  // Empty: wanwu-server beside this program, else in PATH.
  std::string server_binary;

  tuning::Aim aim = tuning::Aim::kThroughput;
  // 0: 16 per CPU, at least 32.
  int clients = 0;
  double rate = 0;
  // 0: none.
  std::chrono::milliseconds p99{0};
  std::chrono::milliseconds budget = std::chrono::minutes(3);

  std::string write = "wanwu-tuned.yaml";
  bool force = false;
  TuneFormat format = TuneFormat::kTable;
  std::string json_file;
};

void AddTuneOptions(CLI::App& command, TuneOptions& options);

// What is wrong with the options together; empty if nothing is.
std::string TuneMistake(const TuneOptions& options);

// `cpus`: of this machine, for this process.
tuning::Goal GoalFrom(const TuneOptions& options, int cpus);

// How long one measurement may be, so that some thirty of them, with the
// starts of their servers, fit into the budget.
std::chrono::milliseconds MeasurementTime(std::chrono::milliseconds budget);

}  // namespace wanwu::cli
