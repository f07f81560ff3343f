#include "client/cli/retry_wait.h"

#include <gtest/gtest.h>

namespace wanwu::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RetryWait::Clock::time_point kStart{};

TEST(RetryWaitTest, WaitsLongerEachTimeAndAtMostTheLongest) {
  RetryWait wait(std::chrono::hours(1), kStart);
  milliseconds step = RetryWait::kFirst;
  for (int i = 0; i < 12; ++i) {
    const auto delay = *wait.OnFailure({}, kStart) - kStart;
    EXPECT_GE(2 * delay, step);
    EXPECT_LE(delay, step);
    step = std::min(2 * step, RetryWait::kLongest);
  }
  EXPECT_EQ(step, RetryWait::kLongest);
}

TEST(RetryWaitTest, WaitsAsLongAsTheServerAsks) {
  RetryWait wait(std::chrono::hours(1), kStart);
  EXPECT_EQ(wait.OnFailure(seconds(40), kStart), kStart + seconds(40));
}

TEST(RetryWaitTest, DoesNotHurryBecauseTheServerDoes) {
  RetryWait wait(std::chrono::hours(1), kStart);
  EXPECT_GE(wait.OnFailure(milliseconds(0), kStart),
            kStart + RetryWait::kFirst / 2);
}

TEST(RetryWaitTest, BeginsAnewAfterProgress) {
  RetryWait wait(std::chrono::hours(1), kStart);
  for (int i = 0; i < 12; ++i) wait.OnFailure({}, kStart);
  wait.OnProgress(kStart);
  EXPECT_LE(*wait.OnFailure({}, kStart), kStart + RetryWait::kFirst);
}

TEST(RetryWaitTest, GivesUpWithoutProgress) {
  RetryWait wait(seconds(60), kStart);
  EXPECT_TRUE(wait.OnFailure({}, kStart + seconds(59)));
  EXPECT_FALSE(wait.OnFailure({}, kStart + seconds(60)));
  wait.OnProgress(kStart + seconds(60));
  EXPECT_TRUE(wait.OnFailure({}, kStart + seconds(119)));
  EXPECT_FALSE(wait.OnFailure(seconds(2), kStart + seconds(119)));
}

}  // namespace
}  // namespace wanwu::cli
