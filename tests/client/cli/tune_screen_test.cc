#include "client/cli/tune_screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_split.h"
#include "client/cli/display_width.h"

namespace wanwu::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Each;
using testing::HasSubstr;
using testing::Le;
using testing::ResultOf;

tuning::SearchState StateOf(int trials) {
  tuning::SearchState state;
  for (int lanes = 0; lanes < trials; ++lanes) {
    tuning::Trial trial;
    trial.settings.lanes = lanes;
    state.trials.push_back(trial);
  }
  state.runs = trials - 1;
  state.planned_runs = 20;
  return state;
}

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

TEST(TuneScreenTest, SaysHowManyRunsAndHowMuchTimeIsLeft) {
  EXPECT_EQ(RenderTuneRun(StateOf(3), {.lanes = 2}, seconds(105)),
            "run 3 of at most 20  1:45 left  2 lanes x 1 thread, auto, batch "
            "8, delay 0");
  EXPECT_THAT(RenderTuneRun(StateOf(3), {}, seconds(-5)),
              HasSubstr("  0:00 left  "));
}

TEST(TuneScreenTest, ShowsTheLoadsFigures) {
  loadgen::LoadProgress progress{.phase = loadgen::Phase::kMeasuring,
                                 .elapsed = milliseconds(1200),
                                 .planned = seconds(5)};
  progress.window = {.length = seconds(1), .answered = 211};
  progress.window.p99 = milliseconds(40);

  EXPECT_EQ(RenderTuneLoad(progress), "measuring 1.2/5 s  211/s  p99 40.0 ms");
}

TEST(TuneScreenTest, LinesFitTheTerminal) {
  EXPECT_THAT(Lines(RenderTune({}, StateOf(5), std::string(99, 'x'), 40)),
              Each(ResultOf(DisplayWidth, Le(40u))));
}

TEST(TuneScreenTest, LongTablesShowTheirLastRows) {
  const auto lines = Lines(RenderTune({}, StateOf(50), "run\nload", 80));

  ASSERT_EQ(lines.size(), 19u);
  EXPECT_THAT(lines[0], HasSubstr("lanes"));
  EXPECT_THAT(lines[16], HasSubstr("     49"));
  EXPECT_EQ(lines[17], "run");
  EXPECT_EQ(lines[18], "load");
}

TEST(TuneScreenTest, DrawsOverWhatItDrewAndLeavesNothing) {
  std::ostringstream terminal;
  {
    TuneScreen screen(terminal);
    screen.Update("a\nb\n");
    screen.Update("c\n");
  }

  EXPECT_EQ(terminal.str(), "a\nb\n\x1b[2A\r\x1b[Jc\n\x1b[1A\r\x1b[J");
}

}  // namespace
}  // namespace wanwu::cli
