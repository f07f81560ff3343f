#include "client/cli/tune_screen.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "client/cli/display_width.h"
#include "client/cli/terminal.h"
#include "client/cli/tune_table.h"

namespace wanwu::cli {
namespace {

// With the head and the line below: what any terminal has room for.
constexpr std::size_t kRows = 16;

std::string MinutesAndSeconds(loadgen::Duration duration) {
  const auto seconds = std::max<long>(
      0, std::chrono::ceil<std::chrono::seconds>(duration).count());
  return absl::StrFormat("%d:%02d", seconds / 60, seconds % 60);
}

}  // namespace

std::string RenderTune(const tuning::Goal& goal,
                       const tuning::SearchState& state, const std::string& now,
                       int columns) {
  const Palette plain(Palette::Mode::kPlain);
  std::vector<std::string> lines =
      absl::StrSplit(TrialTable(goal, state, plain), '\n', absl::SkipEmpty());
  if (lines.size() > kRows + 1) {
    lines.erase(lines.begin() + 1,
                lines.end() - static_cast<std::ptrdiff_t>(kRows));
  }
  for (const absl::string_view line : absl::StrSplit(now, '\n')) {
    lines.emplace_back(line);
  }
  std::string text;
  for (const std::string& line : lines) {
    absl::StrAppend(
        &text, Truncate(line, static_cast<std::size_t>(std::max(columns, 0))),
        "\n");
  }
  return text;
}

std::string RenderTuneRun(const tuning::SearchState& state,
                          const tuning::Settings& next,
                          loadgen::Duration budget) {
  return absl::StrCat("run ", state.runs + 1, " of at most ",
                      std::max(state.planned_runs, state.runs + 1), "  ",
                      MinutesAndSeconds(budget - state.elapsed), " left  ",
                      Describe(next));
}

std::string RenderTuneLoad(const loadgen::LoadProgress& progress) {
  if (progress.phase != loadgen::Phase::kMeasuring) return "warming up";
  std::string text = absl::StrFormat("measuring %.1f/%.3g s",
                                     loadgen::Seconds(progress.elapsed),
                                     loadgen::Seconds(progress.planned));
  const loadgen::Window& window = progress.window;
  if (window.answered > 0) {
    absl::StrAppendFormat(&text, "  %.0f/s  p99 %.1f ms", window.Rate(),
                          loadgen::Milliseconds(window.p99));
  }
  return text;
}

void TuneScreen::Update(const std::string& lines) {
  // At once, so that it does not flicker.
  terminal_ << Erasure() + lines << std::flush;
  drawn_lines_ = std::count(lines.begin(), lines.end(), '\n');
}

void TuneScreen::Hide() {
  terminal_ << Erasure() << std::flush;
  drawn_lines_ = 0;
}

std::string TuneScreen::Erasure() const {
  return drawn_lines_ == 0 ? ""
                           : absl::StrCat("\x1b[", drawn_lines_, "A\r\x1b[J");
}

}  // namespace wanwu::cli
