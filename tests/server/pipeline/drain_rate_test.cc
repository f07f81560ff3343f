#include "server/pipeline/drain_rate.h"

#include <chrono>

#include "gtest/gtest.h"

namespace wanwu::pipeline {
namespace {

using batching::Clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int64_t kMs = 1'000'000;

class DrainRateTest : public ::testing::Test {
 protected:
  // `count` jobs of 10 ms, one each `interval`.
  void Work(int count, milliseconds interval, bool saturated = true) {
    for (int i = 0; i < count; ++i) {
      now_ += interval;
      rate_.Done(10 * kMs, saturated, now_);
    }
  }

  Clock::TimePoint now_{std::chrono::hours(1)};
  DrainRate rate_{2};
};

TEST_F(DrainRateTest, BeginsWithWhatItIsGiven) {
  EXPECT_EQ(rate_.TimeFor(100 * kMs), milliseconds(50));
}

TEST_F(DrainRateTest, FollowsWhatIsDone) {
  Work(100, milliseconds(10));

  EXPECT_NEAR(rate_.rate(), 1, 0.1);
}

TEST_F(DrainRateTest, HalfASecondIsEnoughForMostOfAChange) {
  Work(51, milliseconds(10));

  EXPECT_LT(rate_.rate(), 1.25);
}

TEST_F(DrainRateTest, SlowCallersAreNotASlowServer) {
  Work(100, milliseconds(500), /*saturated=*/false);

  EXPECT_EQ(rate_.rate(), 2);
}

TEST_F(DrainRateTest, TheTimeBeforeWorkPiledUpDoesNotCount) {
  Work(1, milliseconds(1), /*saturated=*/false);
  now_ += seconds(60);
  Work(40, milliseconds(5));

  EXPECT_NEAR(rate_.rate(), 2, 0.1);
}

TEST_F(DrainRateTest, ALowRateDoesNotKeepAwayTheWorkThatWouldShowABetterOne) {
  Work(100, milliseconds(500));
  EXPECT_LT(rate_.rate(), 0.1);

  Work(20, milliseconds(100), /*saturated=*/false);

  EXPECT_GT(rate_.rate(), 1.6);
}

TEST_F(DrainRateTest, JobsThatWereNotAnsweredAreNoWorkDone) {
  for (int i = 0; i < 100; ++i) {
    now_ += milliseconds(10);
    rate_.Done(10 * kMs, true, now_);
    rate_.Done(0, true, now_);
  }

  EXPECT_NEAR(rate_.rate(), 1, 0.1);
}

TEST_F(DrainRateTest, AMachineThatStoodStillIsNotSlowForEver) {
  Work(1, milliseconds(1));
  now_ += std::chrono::hours(10);
  Work(1, milliseconds(1));
  EXPECT_GT(rate_.rate(), 0);

  Work(200, milliseconds(5));

  EXPECT_NEAR(rate_.rate(), 2, 0.2);
}

}  // namespace
}  // namespace wanwu::pipeline
