#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "client/loadgen/cpu_usage.h"
#include "client/loadgen/load_generator.h"
#include "client/loadgen/load_plan.h"
#include "client/loadgen/load_recorder.h"
#include "client/loadgen/request_sender.h"

namespace wanwu::loadgen {

enum class Phase { kWarmUp, kMeasuring, kDraining };

// How a run is doing.
struct LoadProgress {
  Phase phase = Phase::kWarmUp;
  // Of the phase; `planned` is the longest that it may take.
  Duration elapsed{};
  Duration planned{};
  int in_flight = 0;
  // The window under way.
  Window window = {};
};

enum class EndReason {
  kDurationOver,
  kStable,
  // The longest duration passed without it becoming stable.
  kNotStable,
  kInterrupted,
};

struct RunResult {
  LoadPlan plan;
  EndReason end = EndReason::kDurationOver;
  // What is reported: all of the measurement, or its last windows.
  Tally tally;
  // All of the measurement.
  std::vector<Window> windows;
};

// One run of a load: warm-up, measurement, and waiting for the answers. It
// takes at most warm-up, longest measurement and time limit of a request.
class LoadRun {
 public:
  using ReadCpu = std::function<CpuReading()>;
  using OnProgress = std::function<void(const LoadProgress&)>;

  static constexpr std::chrono::milliseconds kProgressInterval{100};
  // How long what is in flight is waited for after Stop(), or beyond its time
  // limit.
  static constexpr std::chrono::seconds kStopGrace{1};

  LoadRun(const World& world, const LoadPlan& plan, ReadCpu read_cpu);

  // Once. `on_progress` may be null.
  RunResult Run(const OnProgress& on_progress);

  // Ends it early; what was measured is still reported. Thread-safe.
  void Stop();

 private:
  void Drive(Phase phase, TimePoint until, const OnProgress& on_progress);
  void CloseWindow(TimePoint now);
  void Drain(const OnProgress& on_progress);
  void BeginMeasurement();
  std::shared_ptr<LoadGenerator> MakeGenerator(Phase phase, TimePoint start);
  LoadProgress Progress(Phase phase, TimePoint from, TimePoint until) const;

  const World world_;
  const LoadPlan plan_;
  const ReadCpu read_cpu_;
  const Duration window_;
  const std::shared_ptr<LoadRecorder> recorder_;
  const std::shared_ptr<RequestSender> sender_;
  std::shared_ptr<LoadGenerator> generator_;
  std::atomic<bool> stopped_ = false;
  bool stable_ = false;
  TimePoint window_end_ = TimePoint::max();
  std::vector<Window> windows_;
};

}  // namespace wanwu::loadgen
