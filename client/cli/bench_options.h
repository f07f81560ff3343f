#pragma once

#include <sys/types.h>

#include <CLI/App.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "client/cli/connection.h"
#include "client/lib/priority.h"
#include "client/loadgen/load_plan.h"
#include "client/loadgen/picture_set.h"

namespace wanwu::cli {

enum class BenchFormat { kTable, kJson };

struct BenchOptions {
  ConnectionOptions connection;
  std::vector<std::string> paths;
  loadgen::PictureOrder order = loadgen::PictureOrder::kRoundRobin;
  int top_k = 5;
  std::string model;
  client::Priority priority = client::Priority::kInteractive;
  bool stream = false;
  int connections = 1;

  // One run for each. Both empty: kUsualClients.
  std::vector<int> clients;
  std::vector<double> rates;
  loadgen::Arrivals arrivals = loadgen::Arrivals::kPoisson;
  int burst = 10;
  int max_in_flight = 512;
  std::uint64_t seed = 1;

  std::chrono::milliseconds warm_up = std::chrono::seconds(2);
  std::chrono::milliseconds duration = std::chrono::seconds(10);
  bool until_stable = false;
  std::chrono::milliseconds window = std::chrono::seconds(2);
  std::chrono::milliseconds max_duration = std::chrono::seconds(60);
  // 0: none.
  std::chrono::milliseconds deadline{0};
  std::chrono::milliseconds slo_p99{0};

  // 0: none.
  pid_t server_pid = 0;
  BenchFormat format = BenchFormat::kTable;
  std::string json_file;
  std::string html_file;
};

void AddBenchOptions(CLI::App& command, BenchOptions& options);

// What is wrong with the options together; empty if nothing is.
std::string BenchMistake(const BenchOptions& options);

// What all runs have in common, with the load left to fill in.
loadgen::LoadPlan PlanFrom(const BenchOptions& options);

// The loads to run, if it is no search for a rate.
std::vector<loadgen::Load> LoadsFrom(const BenchOptions& options);
loadgen::Load OpenLoad(const BenchOptions& options, double rate);

}  // namespace wanwu::cli
