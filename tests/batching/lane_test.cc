#include "batching/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "tests/batching/recording_runner.h"
#include "tests/support/fake_clock.h"

namespace wanwu::batching {
namespace {

using std::chrono::milliseconds;
using test_support::FakeClock;
using ::testing::ElementsAre;

// One lane over queues that the test fills without waking anybody. The test's
// own thread stands for a second lane that is idle and parked.
class LaneTest : public ::testing::Test {
 protected:
  LaneTest() { context_.idle_lanes = 1; }

  ~LaneTest() override {
    context_.table.CloseAll();
    context_.control.Close();
    context_.draining = true;
    context_.gate.WakeAll();
  }

  QueueId Add(const QueueOptions& options) {
    return context_.table.Add(std::make_unique<ModelQueue>(options, runner_))
        .value();
  }

  void Push(QueueId id, int number) {
    ModelQueue* queue = context_.table.Enter(id, QueueSlot::Visit::kSubmit);
    ASSERT_NE(queue, nullptr);
    ASSERT_TRUE(queue->TryPush(Priority::kInteractive,
                               MakeJob(number, {.arrival = clock_.Now()})));
  }

  void StartLane() {
    thread_ = std::jthread([this] { Lane(0, context_).Run(); });
  }

  FakeClock clock_;
  RecordingRunner runner_;
  LaneContext context_{clock_, 1};
  std::jthread thread_;
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
