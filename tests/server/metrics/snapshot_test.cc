#include "server/metrics/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace wanwu::metrics {
namespace {

using batching::Clock;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::DoubleEq;
using ::testing::Each;
using ::testing::ElementsAre;

constexpr Clock::TimePoint kStart{seconds(1000)};

TEST(SnapshotTest, RatesAreOverTheTimeBetween) {
  AnswerCounters counters;
  counters.AddAnswer(milliseconds(1));
  const Snapshot from{kStart, counters.Counts(), {}, {}};
  for (int i = 0; i < 6; ++i) counters.AddAnswer(milliseconds(1));
  counters.AddError();
  const Snapshot to{kStart + seconds(2), counters.Counts(), {}, {}};

  const Figures figures = Between(from, to);

  EXPECT_EQ(figures.length, seconds(2));
  EXPECT_DOUBLE_EQ(figures.pictures_per_second, 3.5);
  EXPECT_DOUBLE_EQ(figures.errors_per_second, 0.5);
  EXPECT_EQ(figures.latencies.total(), 6u);
}

TEST(SnapshotTest, BatchesAreThoseRunBetween) {
  const Snapshot from{kStart, {}, {0, 5, 2, 0}, {}};
  const Snapshot to{kStart + seconds(1), {}, {0, 5, 9, 1}, {}};

  EXPECT_THAT(Between(from, to).batches_by_size, ElementsAre(0, 0, 7, 1));
}

TEST(SnapshotTest, UtilisationIsTheShareOfTheTimeBetween) {
  const Snapshot from{kStart, {}, {}, {seconds(10), seconds(20), seconds(30)}};
  const Snapshot to{
      kStart + seconds(4), {}, {}, {seconds(10), seconds(23), seconds(34)}};

  EXPECT_THAT(Between(from, to).lane_utilisation,
              ElementsAre(DoubleEq(0), DoubleEq(0.75), DoubleEq(1)));
}

TEST(SnapshotTest, UtilisationStaysWithinBoundsIfALaneWasReadAMomentApart) {
  const Snapshot from{kStart, {}, {}, {seconds(10), seconds(20)}};
  const Snapshot to{
      kStart + seconds(1),
      {},
      {},
      {seconds(10) - milliseconds(1), seconds(21) + milliseconds(1)}};

  EXPECT_THAT(Between(from, to).lane_utilisation,
              ElementsAre(DoubleEq(0), DoubleEq(1)));
}

TEST(SnapshotTest, NothingHappensInNoTime) {
  AnswerCounters counters;
  counters.AddAnswer(milliseconds(1));
  const Snapshot now{kStart, counters.Counts(), {0, 1}, {seconds(3)}};

  const Figures figures = Between(now, now);

  EXPECT_EQ(figures.pictures_per_second, 0);
  EXPECT_EQ(figures.errors_per_second, 0);
  EXPECT_EQ(figures.latencies.total(), 0u);
  EXPECT_THAT(figures.batches_by_size, Each(0u));
  EXPECT_THAT(figures.lane_utilisation, ElementsAre(0));
}

}  // namespace
}  // namespace wanwu::metrics
