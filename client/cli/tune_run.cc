#include "client/cli/tune_run.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "client/cli/terminal.h"

namespace wanwu::cli {
namespace {

constexpr char kServer[] = "wanwu-server";

}  // namespace

std::string ServerBinary(const TuneOptions& options) {
  if (!options.server_binary.empty()) return options.server_binary;
  std::error_code error;
  const auto beside =
      std::filesystem::read_symlink("/proc/self/exe", error).parent_path() /
      kServer;
  return std::filesystem::exists(beside, error) ? beside.string() : kServer;
}

TuneRun::TuneRun(const TuneOptions& options, const tuning::Goal& goal,
                 const std::string& state_dir, loadgen::PictureSet& pictures)
    : options_(options),
      goal_(goal),
      drawn_(IsTerminal(STDERR_FILENO)),
      screen_(std::cerr),
      start_(clock_.Now()),
      measurer_({.server_binary = ServerBinary(options),
                 .model_repository = options.model_repository,
                 .state_dir = state_dir,
                 .duration = MeasurementTime(options.budget)},
                goal, clock_, pictures,
                [this](const loadgen::LoadProgress& progress) {
                  Draw(RenderTuneLoad(progress));
                }),
      search_({clock_, measurer_, *this}, goal, options.budget) {}

absl::Status TuneRun::Run(tuning::TuneReport& report) {
  const absl::Status status = search_.Run();
  screen_.Hide();
  report.state = search_.state();
  report.interrupted = absl::IsCancelled(status);
  if (report.interrupted) return absl::OkStatus();
  if (status.ok()) report.verdict = search_.verdict();
  return status;
}

void TuneRun::OnRun(const tuning::SearchState& /*state*/,
                    const tuning::Settings& next) {
  next_ = next;
  Draw("starting the server");
}

void TuneRun::Draw(const std::string& load) {
  if (!drawn_) return;
  const loadgen::Duration left = options_.budget - (clock_.Now() - start_);
  // The last column stays free: some terminals wrap after filling it.
  screen_.Update(RenderTune(
      goal_, search_.state(),
      absl::StrCat(RenderTuneRun(search_.state(), next_, left), "\n", load),
      TerminalColumns(STDERR_FILENO) - 1));
}

}  // namespace wanwu::cli
