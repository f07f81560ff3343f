#include "server/metrics/snapshot_window.h"

#include <gtest/gtest.h>

#include <chrono>

namespace wanwu::metrics {
namespace {

using batching::Clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kLength{5000};
constexpr milliseconds kSpacing{250};

Snapshot At(Clock::Duration time) {
  Snapshot snapshot;
  snapshot.time = Clock::TimePoint(seconds(1000) + time);
  return snapshot;
}

TEST(SnapshotWindowTest, FirstFiguresCoverNothing) {
  SnapshotWindow window(kLength, kSpacing);

  EXPECT_EQ(window.Add(At({})).length, seconds(0));
}

TEST(SnapshotWindowTest, GrowsToItsLengthAndThenSlides) {
  SnapshotWindow window(kLength, kSpacing);

  for (int second = 0; second <= 5; ++second) {
    EXPECT_EQ(window.Add(At(seconds(second))).length, seconds(second));
  }
  for (int second = 6; second <= 20; ++second) {
    EXPECT_EQ(window.Add(At(seconds(second))).length, kLength);
  }
}

TEST(SnapshotWindowTest, FiguresAreThoseOfTheWindow) {
  SnapshotWindow window(kLength, kSpacing);
  AnswerCounters counters;
  for (int second = 0; second <= 8; ++second) {
    // 1, 2, 3 … pictures in the seconds one after another.
    for (int i = 0; i < second; ++i) counters.AddAnswer(milliseconds(1));
    Snapshot snapshot = At(seconds(second));
    snapshot.answers = counters.Counts();
    const Figures figures = window.Add(snapshot);
    if (second == 8) {
      EXPECT_EQ(figures.latencies.total(), 4u + 5u + 6u + 7u + 8u);
      EXPECT_DOUBLE_EQ(figures.pictures_per_second, 30 / 5.0);
    }
  }
}

TEST(SnapshotWindowTest, ReachesBackToTheSnapshotNearestToItsLength) {
  SnapshotWindow window(kLength, kSpacing);
  window.Add(At(seconds(0)));
  window.Add(At(seconds(2)));

  EXPECT_EQ(window.Add(At(milliseconds(5900))).length, milliseconds(5900));
  EXPECT_EQ(window.Add(At(milliseconds(6100))).length, milliseconds(4100));
  EXPECT_EQ(window.Add(At(milliseconds(7100))).length, milliseconds(5100));
}

TEST(SnapshotWindowTest, DoesNotReachBackOverALongSilence) {
  SnapshotWindow window(kLength, kSpacing);
  window.Add(At(seconds(0)));
  window.Add(At(seconds(1)));

  EXPECT_EQ(window.Add(At(seconds(60))).length, seconds(0));
  EXPECT_EQ(window.Add(At(seconds(61))).length, seconds(1));
}

TEST(SnapshotWindowTest, KeepsWhatComesASpacingAfterTheLast) {
  SnapshotWindow window(kLength, kSpacing);
  EXPECT_TRUE(window.WouldKeep(At(seconds(0)).time));
  window.Add(At(seconds(0)));

  EXPECT_FALSE(window.WouldKeep(At(kSpacing - milliseconds(1)).time));
  EXPECT_TRUE(window.WouldKeep(At(kSpacing).time));
}

TEST(SnapshotWindowTest, CloseSnapshotsMoveItsStartBySpacings) {
  SnapshotWindow window(kLength, kSpacing);

  for (milliseconds time(0); time <= seconds(20); time += milliseconds(10)) {
    const auto length = window.Add(At(time)).length;
    if (time < kLength) {
      ASSERT_EQ(length, time);
    } else {
      ASSERT_GE(length, kLength - kSpacing / 2);
      ASSERT_LE(length, kLength + kSpacing / 2);
    }
  }
}

}  // namespace
}  // namespace wanwu::metrics
