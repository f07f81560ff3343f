#include "server/model/live_batch_times.h"

#include <chrono>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::model {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using ::testing::ElementsAre;

double Ms(nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

TEST(LiveBatchTimesTest, KnowsNothingAtFirst) {
  const LiveBatchTimes times;

  EXPECT_EQ(times.CpuTime(1), nanoseconds(0));
  EXPECT_EQ(times.ElapsedTime(8), nanoseconds(0));
  EXPECT_TRUE(times.Known().empty());
}

TEST(LiveBatchTimesTest, BeginsWithWhatWasMeasured) {
  LiveBatchTimes times;
  const std::vector<BatchTime> start{{1, milliseconds(6)},
                                     {2, milliseconds(9)}};

  times.Start(start);

  EXPECT_EQ(times.CpuTime(2), milliseconds(9));
  EXPECT_EQ(times.Known(), start);
}

TEST(LiveBatchTimesTest, TakesUnknownSizesInProportionToTheNearestKnown) {
  LiveBatchTimes times;
  times.Start(std::vector<BatchTime>{{2, milliseconds(10)}});

  EXPECT_EQ(times.CpuTime(1), milliseconds(5));
  EXPECT_EQ(times.CpuTime(6), milliseconds(30));
}

// A first start while other work ran: 16.6 ms for what takes 6.2.
TEST(LiveBatchTimesTest, AStaleGuessIsGoneAfterADozenBatches) {
  LiveBatchTimes times;
  times.Start(std::vector<BatchTime>{{1, nanoseconds(16'600'000)}});

  for (int i = 0; i < 12; ++i) {
    times.Observe(1, nanoseconds(6'200'000), nanoseconds(6'200'000));
  }

  EXPECT_NEAR(Ms(times.CpuTime(1)), 6.2, 0.5);
}

TEST(LiveBatchTimesTest, ABurstOfNoiseMovesItLittle) {
  LiveBatchTimes times;
  times.Start(std::vector<BatchTime>{{1, milliseconds(6)}});

  for (int i = 0; i < 3; ++i) {
    times.Observe(1, milliseconds(60), milliseconds(60));
  }

  EXPECT_LT(Ms(times.CpuTime(1)), 6.5);
}

TEST(LiveBatchTimesTest, FollowsAMachineThatStaysSlower) {
  LiveBatchTimes times;
  times.Start(std::vector<BatchTime>{{1, milliseconds(6)}});

  for (int i = 0; i < 200; ++i) {
    times.Observe(1, milliseconds(12), milliseconds(12));
  }

  EXPECT_NEAR(Ms(times.CpuTime(1)), 12, 0.5);
}

TEST(LiveBatchTimesTest, ElapsedTimeTellsOfWhatRunsBeside) {
  LiveBatchTimes times;
  times.Start(
      std::vector<BatchTime>{{1, milliseconds(6)}, {4, milliseconds(20)}});

  for (int i = 0; i < 100; ++i) {
    times.Observe(1, milliseconds(6), milliseconds(12));
  }

  EXPECT_NEAR(Ms(times.ElapsedTime(4)), 40, 0.5);
  for (int i = 0; i < 100; ++i) {
    times.Observe(1, milliseconds(6), milliseconds(6));
  }
  EXPECT_NEAR(Ms(times.ElapsedTime(4)), 20, 0.5);
}

TEST(LiveBatchTimesTest, IgnoresSizesThatCannotBe) {
  LiveBatchTimes times;

  times.Observe(0, milliseconds(1), milliseconds(1));
  times.Observe(LiveBatchTimes::kLargestSize + 1, milliseconds(1),
                milliseconds(1));

  EXPECT_TRUE(times.Known().empty());
}

}  // namespace
}  // namespace wanwu::model
