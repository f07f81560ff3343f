#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "client/loadgen/load_run.h"
#include "client/loadgen/picture_set.h"
#include "client/tuning/search.h"
#include "client/tuning/server_process.h"

namespace wanwu::tuning {

struct MeasurerOptions {
  // wanwu-server, by path or name.
  std::string server_binary;
  std::string model_repository;
  // Where the servers keep measured batch times, so that only the first with
  // the same lanes and precision measures them.
  std::string state_dir;
  // Of one measurement at most, after a warm-up of a fifth of it.
  loadgen::Duration duration = std::chrono::seconds(5);
};

// Starts a server for each configuration, puts load on it and stops it.
class ServerMeasurer final : public Measurer {
 public:
  using OnProgress = std::function<void(const loadgen::LoadProgress&)>;

  // `clock` and `pictures` must outlive it; `on_progress` may be null.
  ServerMeasurer(MeasurerOptions options, const Goal& goal,
                 loadgen::Clock& clock, loadgen::PictureSet& pictures,
                 OnProgress on_progress);

  absl::StatusOr<Measurement> Measure(const Settings& settings) override;

  // Ends the measurement under way and every later one with CANCELLED.
  // Thread-safe.
  void Stop();

 private:
  absl::StatusOr<Measurement> MeasureServer(ServerProcess& server);
  absl::Status WaitUntilServing(const ServerProcess& server,
                                const std::string& address) const;
  loadgen::RunResult PutLoad(const std::string& address, pid_t server);
  loadgen::LoadPlan Plan() const;
  bool stopped() const;

  const MeasurerOptions options_;
  const Goal goal_;
  loadgen::Clock& clock_;
  loadgen::PictureSet& pictures_;
  const OnProgress on_progress_;

  mutable std::mutex mu_;
  // Guarded by mu_.
  bool stopped_ = false;
  // Under way.
  ServerProcess* server_ = nullptr;
  loadgen::LoadRun* run_ = nullptr;
};

}  // namespace wanwu::tuning
