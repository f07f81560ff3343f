#include "batching/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/batching/lane_fixture.h"

namespace wanwu::batching {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

// The test's own thread stands for a second lane that is idle and parked.
class LaneTest : public LaneFixture {
 protected:
  LaneTest() : LaneFixture(nullptr) { context_.idle_lanes = 1; }
};

TEST_F(LaneTest, WakesAnotherLaneForTheShareItLeavesInTheQueue) {
  const QueueId id = Add({});
  for (int i = 1; i <= 4; ++i) Push(id, i);
  const LaneGate::Ticket ticket = context_.gate.Prepare();
  runner_.Hold();

  StartLane();

  context_.gate.Wait(ticket);
  runner_.AwaitCalls(1);
  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(1, 2)));
  runner_.LetGo();
}

TEST_F(LaneTest, WakesAnotherLaneForTheOtherModelsJobs) {
  Push(Add({}), 1);
  Push(Add({}), 2);
  const LaneGate::Ticket ticket = context_.gate.Prepare();
  runner_.Hold();

  StartLane();

  context_.gate.Wait(ticket);
  runner_.AwaitCalls(1);
  EXPECT_EQ(runner_.calls().size(), 1u);
  runner_.LetGo();
}

TEST_F(LaneTest, HandsTheWatchOverWaitingJobsToAnotherLane) {
  Push(Add({.max_queue_delay = milliseconds(5)}), 1);
  Push(Add({}), 2);
  const LaneGate::Ticket ticket = context_.gate.Prepare();
  runner_.Hold();

  StartLane();

  context_.gate.Wait(ticket);
  runner_.AwaitCalls(1);
  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(2)));
  runner_.LetGo();
}

TEST_F(LaneTest, IsNotIdleWhileItRunsABatch) {
  Push(Add({}), 1);
  runner_.Hold();

  StartLane();

  runner_.AwaitCalls(1);
  EXPECT_EQ(context_.idle_lanes, 1);
  runner_.LetGo();
}

}  // namespace
}  // namespace wanwu::batching
