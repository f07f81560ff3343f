#include "client/cli/progress_bar.h"

#include <gtest/gtest.h>

#include <sstream>

namespace wanwu::cli {
namespace {

using std::chrono::seconds;

TEST(ProgressBarTest, ShowsShareCountRateAndTimeLeft) {
  const Progress half = {250, 0, 500, seconds(5)};

  EXPECT_EQ(RenderProgress(half, 80), "[" + std::string(20, '#') +
                                          std::string(20, '.') +
                                          "] 250/500  50/s  5 s left");
}

TEST(ProgressBarTest, ShowsFailuresOnlyWhenThereAreSome) {
  EXPECT_EQ(RenderProgress({1, 0, 2, seconds(1)}, 80).find("failed"),
            std::string::npos);
  EXPECT_NE(RenderProgress({1, 1, 2, seconds(1)}, 80).find("1 failed"),
            std::string::npos);
}

TEST(ProgressBarTest, PromisesNoRateBeforeTheFirstPicture) {
  EXPECT_EQ(RenderProgress({0, 0, 10, seconds(0)}, 20), "[.............] 0/10");
}

TEST(ProgressBarTest, NeverExceedsTheWidth) {
  const Progress progress = {123'456, 789, 1'000'000, seconds(1000)};

  for (int columns = 0; columns < 120; ++columns) {
    EXPECT_LE(RenderProgress(progress, columns).size(),
              static_cast<std::size_t>(columns));
  }
}

TEST(ProgressBarTest, WritesNothingWhenNeverVisible) {
  std::ostringstream terminal;
  {
    ProgressBar bar(terminal, ProgressBar::Visibility::kNever);
    bar.Update({1, 0, 2, seconds(1)}, 80);
    bar.Hide();
  }

  EXPECT_EQ(terminal.str(), "");
}

TEST(ProgressBarTest, TakesItselfAwayAtTheEnd) {
  std::ostringstream terminal;
  {
    ProgressBar bar(terminal, ProgressBar::Visibility::kShown);
    bar.Update({1, 0, 2, seconds(1)}, 80);
  }

  EXPECT_TRUE(terminal.str().ends_with("\r\x1b[K"));
}

}  // namespace
}  // namespace wanwu::cli
