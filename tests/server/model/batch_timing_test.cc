#include "server/model/batch_timing.h"

#include <chrono>
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::model {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

// A lane whose time passes only while it runs a batch.
class SimulatedLane {
 public:
  absl::StatusOr<std::vector<BatchTime>> Measure(const BatchTimingPlan& plan) {
    return MeasureBatchTimes([this](int size) { return Run(size); },
                             [this] { return now_; }, plan);
  }

  // The batch of that number, counted from 0, takes this much longer.
  void Disturb(int run, milliseconds longer) { disturbed_[run] = longer; }
  void FailAt(int run) { fails_at_ = run; }
  int runs() const { return runs_; }

 private:
  absl::StatusOr<std::chrono::nanoseconds> Run(int size) {
    const int run = runs_++;
    milliseconds took = milliseconds(10) * size + milliseconds(1);
    if (disturbed_.contains(run)) took += disturbed_[run];
    now_ += took;
    if (run == fails_at_) return absl::InternalError("broken");
    return took;
  }

  std::chrono::steady_clock::time_point now_;
  std::map<int, milliseconds> disturbed_;
  int runs_ = 0;
  int fails_at_ = -1;
};

std::vector<BatchTime> Times(const std::vector<int>& milliseconds_by_size) {
  std::vector<BatchTime> times;
  for (const int duration : milliseconds_by_size) {
    times.push_back(
        {static_cast<int>(times.size()) + 1, milliseconds(duration)});
  }
  return times;
}

TEST(BatchTimingTest, MeasuresEverySize) {
  SimulatedLane lane;

  EXPECT_EQ(lane.Measure({3, milliseconds(500)}).value(), Times({11, 21, 31}));
}

TEST(BatchTimingTest, OneDisturbedRoundDoesNotCount) {
  SimulatedLane lane;
  lane.Disturb(1, milliseconds(900));

  EXPECT_EQ(lane.Measure({2, milliseconds(0)}).value(), Times({11, 21}));
}

TEST(BatchTimingTest, OneUndisturbedRunOfASizeIsEnough) {
  SimulatedLane lane;
  // Of three rounds of two sizes, all but run 2 (size 1) and run 1 (size 2).
  for (const int run : {0, 3, 4, 5}) lane.Disturb(run, milliseconds(run + 1));

  EXPECT_EQ(lane.Measure({2, milliseconds(0)}).value(), Times({11, 21}));
}

TEST(BatchTimingTest, RunsTheFewestRoundsWithoutABudget) {
  SimulatedLane lane;

  ASSERT_TRUE(lane.Measure({2, milliseconds(0)}).ok());

  EXPECT_EQ(lane.runs(), 2 * kMinTimingRounds);
}

TEST(BatchTimingTest, StopsWhenTheBudgetIsSpent) {
  SimulatedLane lane;

  // A round takes 11 + 21 ms.
  ASSERT_TRUE(lane.Measure({2, milliseconds(32 * 5)}).ok());

  EXPECT_EQ(lane.runs(), 2 * 5);
}

TEST(BatchTimingTest, LargeBudgetIsNotSpent) {
  SimulatedLane lane;

  ASSERT_TRUE(lane.Measure({2, std::chrono::hours(1)}).ok());

  EXPECT_EQ(lane.runs(), 2 * kMaxTimingRounds);
}

TEST(BatchTimingTest, FailedRunEndsTheMeasurement) {
  SimulatedLane lane;
  lane.FailAt(3);

  EXPECT_EQ(lane.Measure({2, milliseconds(0)}).status().message(), "broken");

  EXPECT_EQ(lane.runs(), 4);
}

TEST(BatchSizeTest, IsTheSmallestThatNoOtherBeatsByTwoPercent) {
  // Images per second: 100, 111, 120, 121, 122.
  EXPECT_EQ(ChooseBatchSize(Times({100, 180, 250, 330, 410}), 8), 3);
}

TEST(BatchSizeTest, PlateauBeforeALargerGainIsPassed) {
  // Images per second: 10, 10, 10, 13.3.
  EXPECT_EQ(ChooseBatchSize(Times({100, 200, 300, 300}), 8), 4);
}

TEST(BatchSizeTest, FlatRatesMeanBatchesOfOne) {
  EXPECT_EQ(ChooseBatchSize(Times({100, 199, 298, 397}), 8), 1);
}

TEST(BatchSizeTest, FallingRatesMeanTheSizeOfThePeak) {
  EXPECT_EQ(ChooseBatchSize(Times({100, 150, 400, 800}), 8), 2);
}

TEST(BatchSizeTest, NeverExceedsTheLimit) {
  EXPECT_EQ(ChooseBatchSize(Times({100, 150, 180, 190}), 2), 2);
}

TEST(BatchSizeTest, IsOneWithoutTimes) {
  EXPECT_EQ(ChooseBatchSize({}, 8), 1);
  EXPECT_EQ(ChooseBatchSize(Times({100, 150}), 0), 1);
}

}  // namespace
}  // namespace wanwu::model
