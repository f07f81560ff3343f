#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/tune_options.h"
#include "client/cli/tune_screen.h"
#include "client/loadgen/picture_set.h"
#include "client/tuning/server_measurer.h"
#include "client/tuning/tune_report.h"

namespace wanwu::cli {

// What to start as the server: what the options name, else wanwu-server beside
// this program, else in PATH.
std::string ServerBinary(const TuneOptions& options);

// One search, shown on standard error while it lasts if that is a terminal.
class TuneRun final : public tuning::SearchObserver {
 public:
  // All must outlive it.
  TuneRun(const TuneOptions& options, const tuning::Goal& goal,
          const std::string& state_dir, loadgen::PictureSet& pictures);

  // Adds to `report` what it finds. Once. An error says why not even the
  // default could be measured.
  absl::Status Run(tuning::TuneReport& report);

  // Ends it; the server under way is stopped. From any thread.
  void Stop() { measurer_.Stop(); }

  void OnRun(const tuning::SearchState& state,
             const tuning::Settings& next) override;

 private:
  void Draw(const std::string& load);

  const TuneOptions& options_;
  const tuning::Goal goal_;
  const bool drawn_;
  TuneScreen screen_;
  loadgen::SteadyClock clock_;
  const loadgen::TimePoint start_;
  tuning::ServerMeasurer measurer_;
  tuning::Search search_;
  // What is tried now.
  tuning::Settings next_;
};

}  // namespace wanwu::cli
