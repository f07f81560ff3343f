#include "client/loadgen/arrival_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace wanwu::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

Load OpenLoad(double rate, Arrivals arrivals, int burst = 10) {
  return {
      .loop = Loop::kOpen, .rate = rate, .arrivals = arrivals, .burst = burst};
}

std::vector<double> Times(ArrivalSchedule schedule, int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) times.push_back(Seconds(schedule.Next()));
  return times;
}

int CountBetween(const std::vector<double>& times, double from, double to) {
  int count = 0;
  for (const double time : times) count += time >= from && time < to ? 1 : 0;
  return count;
}

TEST(ArrivalScheduleTest, ConstantArrivalsAreExactlyEquallySpaced) {
  ArrivalSchedule schedule(OpenLoad(40, Arrivals::kConstant), seconds(1), 1);

  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(schedule.Next(), i * milliseconds(25));
  }
}

TEST(ArrivalScheduleTest, PoissonGapsHaveTheMeanAndSpreadOfTheirRate) {
  constexpr int kCount = 100'000;
  const auto times =
      Times({OpenLoad(50, Arrivals::kPoisson), seconds(1), 7}, kCount);

  double last = 0;
  double sum = 0;
  double squares = 0;
  for (const double time : times) {
    ASSERT_GE(time, last);
    sum += time - last;
    squares += (time - last) * (time - last);
    last = time;
  }
  const double mean = sum / kCount;
  const double deviation = std::sqrt(squares / kCount - mean * mean);
  EXPECT_NEAR(mean, 1.0 / 50, 0.01 / 50);
  // Exponential gaps deviate by their mean.
  EXPECT_NEAR(deviation, mean, 0.01 * mean);
}

TEST(ArrivalScheduleTest, PoissonCountsPerSecondVaryAsTheirMean) {
  constexpr int kSeconds = 2000;
  const auto times =
      Times({OpenLoad(20, Arrivals::kPoisson), seconds(1), 3}, 50'000);

  std::vector<int> counts(kSeconds);
  for (const double time : times) {
    if (time < kSeconds) ++counts[static_cast<std::size_t>(time)];
  }
  double mean = 0;
  for (const int count : counts) mean += count / double{kSeconds};
  double variance = 0;
  for (const int count : counts) {
    variance += (count - mean) * (count - mean) / kSeconds;
  }
  EXPECT_NEAR(mean, 20, 0.5);
  EXPECT_NEAR(variance / mean, 1, 0.1);
}

TEST(ArrivalScheduleTest, TheSeedDecidesThePoissonTimes) {
  const Load load = OpenLoad(50, Arrivals::kPoisson);

  EXPECT_EQ(Times({load, seconds(1), 1}, 100),
            Times({load, seconds(1), 1}, 100));
  EXPECT_NE(Times({load, seconds(1), 1}, 100),
            Times({load, seconds(1), 2}, 100));
}

TEST(ArrivalScheduleTest, BurstsComeAtOnceAndKeepTheMeanRate) {
  EXPECT_THAT(Times({OpenLoad(6, Arrivals::kBurst, 3), seconds(1), 1}, 7),
              ElementsAre(0, 0, 0, 0.5, 0.5, 0.5, 1));
}

TEST(ArrivalScheduleTest, StepsClimbEquallyToTheRate) {
  const auto times =
      Times({OpenLoad(100, Arrivals::kStep), seconds(10), 1}, 1000);

  EXPECT_EQ(CountBetween(times, 0, 2), 40);
  EXPECT_EQ(CountBetween(times, 2, 4), 80);
  EXPECT_EQ(CountBetween(times, 6, 8), 160);
  EXPECT_EQ(CountBetween(times, 8, 10), 200);
  EXPECT_EQ(CountBetween(times, 10, 12), 200);
}

TEST(ArrivalScheduleTest, RampGrowsEvenlyToTheRate) {
  const auto times =
      Times({OpenLoad(100, Arrivals::kRamp), seconds(10), 1}, 1000);

  EXPECT_NEAR(CountBetween(times, 0, 5), 125, 1);
  EXPECT_NEAR(CountBetween(times, 5, 10), 375, 1);
  EXPECT_NEAR(CountBetween(times, 10, 11), 100, 1);
}

}  // namespace
}  // namespace wanwu::loadgen
