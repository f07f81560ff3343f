#include "client/cli/tune_table.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/aligned_rows.h"
#include "client/cli/display_width.h"

namespace wanwu::cli {
namespace {

using tuning::Measurement;
using tuning::Trial;

// Beyond it the first run and the last one tell of the machine, not of the
// settings.
constexpr double kMuchDrift = 0.1;

struct Column {
  const char* name = "";
  Align align = Align::kRight;
};
constexpr std::array kColumns = std::to_array<Column>({
    {.align = Align::kLeft},
    {"lanes"},
    {"threads"},
    {"precision", Align::kLeft},
    {"batch"},
    {"delay"},
    {"ok/s"},
    {"p50 ms"},
    {"p99"},
    {"CPU ms/answer"},
    {"mean batch"},
    {"runs"},
    // What went wrong.
    {.align = Align::kLeft},
});

std::string Marks(const tuning::SearchState& state, std::size_t place) {
  std::string marks = place == state.best ? "*" : " ";
  return place == 0 ? marks + " default" : marks;
}

std::string Precision(const Trial& trial) {
  const std::string& asked = trial.settings.precision;
  if (asked != "auto" || trial.runs.empty()) return asked;
  return absl::StrCat(asked, " (", trial.runs.front().precision, ")");
}

void AppendFigures(const tuning::Goal& goal, const Trial& trial,
                   const Palette& palette, Row& row) {
  const Measurement run = MedianRun(goal, trial);
  const bool meets = Meets(goal, run);
  row.push_back({absl::StrFormat("%.1f", run.rate), palette.Style(kGreen)});
  row.push_back({absl::StrFormat("%.1f", run.p50_ms)});
  row.push_back(
      {absl::StrFormat("%.1f", run.p99_ms), meets ? "" : palette.Style(kRed)});
  row.push_back({run.cpu_ms_per_answer
                     ? absl::StrFormat("%.1f", *run.cpu_ms_per_answer)
                     : "-"});
  row.push_back({absl::StrFormat("%.1f", run.mean_batch)});
  row.push_back({absl::StrCat(trial.runs.size())});
  if (!meets) row.push_back({"misses the goal", palette.Style(kRed)});
}

Row TrialRow(const tuning::Goal& goal, const tuning::SearchState& state,
             std::size_t place, const Palette& palette) {
  const Trial& trial = state.trials[place];
  const tuning::Settings& settings = trial.settings;
  Row row = {{Marks(state, place), palette.Style(kBold)},
             {settings.lanes == 0 ? "per CPU" : absl::StrCat(settings.lanes)},
             {absl::StrCat(settings.intra_op_threads)},
             {Precision(trial)},
             {absl::StrCat(settings.max_batch_size)},
             {tuning::DelayText(settings.max_queue_delay)}};
  if (!trial.runs.empty()) {
    AppendFigures(goal, trial, palette, row);
    return row;
  }
  if (trial.failure.empty()) return row;
  // Where the figures would be.
  constexpr std::size_t kFigures = 6;
  for (std::size_t i = 0; i < kFigures; ++i) row.push_back({"-"});
  row.push_back({Printable(trial.failure), palette.Style(kDim)});
  return row;
}

std::string Warnings(const tuning::TuneReport& report, const Palette& palette) {
  if (!report.verdict || std::abs(report.verdict->drift) < kMuchDrift) {
    return "";
  }
  return Styled(absl::StrFormat(
                    "warning: the default's last run differs by %+.0f %% from "
                    "its first: the machine was not quiet",
                    report.verdict->drift * 100),
                palette.Style(kBold)) +
         '\n';
}

}  // namespace

std::string TrialTable(const tuning::Goal& goal,
                       const tuning::SearchState& state,
                       const Palette& palette) {
  if (state.trials.empty()) return "";
  Row head;
  std::vector<Align> align;
  for (const Column& column : kColumns) {
    head.push_back({column.name, palette.Style(kDim)});
    align.push_back(column.align);
  }
  // What went wrong needs no name.
  head.pop_back();
  std::vector<Row> rows = {head};
  for (std::size_t place = 0; place < state.trials.size(); ++place) {
    rows.push_back(TrialRow(goal, state, place, palette));
  }
  return AlignRows(rows, align);
}

std::string TuneTable(const tuning::TuneReport& report,
                      const Palette& palette) {
  std::string text =
      Styled(Describe(report.goal), palette.Style(kBold)) + "  " +
      Styled(absl::StrFormat("(%s, %d CPUs; %d pictures; %.0f s)",
                             Printable(report.cpu_model), report.cpus,
                             report.pictures,
                             loadgen::Seconds(report.state.elapsed)),
             palette.Style(kDim)) +
      '\n' + TrialTable(report.goal, report.state, palette) + '\n';
  if (!report.verdict) return text;
  const tuning::Trial* chosen = report.Chosen();
  if (chosen != nullptr) {
    absl::StrAppend(
        &text, Styled(Describe(chosen->settings), palette.Style(kBold)), "\n");
  }
  absl::StrAppend(&text, Conclusion(report), "\n", Warnings(report, palette));
  if (!report.written.empty()) {
    absl::StrAppend(&text, "written to ", Printable(report.written), "\n");
  }
  return text;
}

}  // namespace wanwu::cli
