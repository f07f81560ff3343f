#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "client/cli/bench_options.h"
#include "client/loadgen/load_report.h"
#include "client/loadgen/load_run.h"

namespace wanwu::cli {

// Makes the runs that the options ask for, one after the other.
class BenchRunner {
 public:
  using OnProgress =
      std::function<void(const loadgen::Load&, const loadgen::LoadProgress&)>;

  // Clients of the short closed loop that finds where to begin the search for
  // a rate, and the share of its throughput that is tried first.
  static constexpr int kProbeClients = 32;
  static constexpr double kFirstShare = 0.8;

  // `world` and `options` must outlive it. `on_progress` may be null.
  BenchRunner(const loadgen::World& world, const BenchOptions& options,
              OnProgress on_progress);

  // Adds to `report` what it finds. Once.
  void Run(loadgen::LoadReport& report);

  // Ends the run under way and makes no other. From any thread.
  void Stop();

 private:
  loadgen::RunResult RunOne(const loadgen::LoadPlan& plan);
  void Search(loadgen::LoadReport& report);
  double FirstRate();
  bool stopped() const;

  const loadgen::World world_;
  const BenchOptions& options_;
  const OnProgress on_progress_;

  mutable std::mutex mu_;
  // Guarded by mu_.
  bool stopped_ = false;
  // The one under way.
  loadgen::LoadRun* run_ = nullptr;
};

}  // namespace wanwu::cli
