#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "batching/dynamic_batcher.h"
#include "tests/batching/recording_runner.h"
#include "tests/support/fake_clock.h"

namespace wanwu::batching {
namespace {

using std::chrono::milliseconds;
using test_support::FakeClock;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kDelay = milliseconds(10);

// One lane and a queue that waits for batches of three.
class DynamicBatcherDelayTest : public ::testing::Test {
 protected:
  void Submit(QueueId id, int number) {
    ASSERT_EQ(batcher_.Submit(id, Priority::kInteractive,
                              MakeJob(number, {.arrival = clock_.Now()})),
              SubmitResult::kQueued);
  }

  FakeClock clock_;
  RecordingRunner runner_;
  DynamicBatcher batcher_{{.lane_count = 1}, clock_};
  QueueId id_ =
      batcher_
          .AddQueue({.max_batch_size = 3, .max_queue_delay = kDelay}, runner_)
          .value();
};

TEST_F(DynamicBatcherDelayTest, WaitsForCompanyUntilTheDelayIsOver) {
  const Clock::TimePoint ready_at = clock_.Now() + kDelay;
  Submit(id_, 1);
  clock_.AwaitWaiterUntil(ready_at);
  clock_.Advance(kDelay / 2);
  Submit(id_, 2);
  clock_.AwaitWaiterUntil(ready_at);
  EXPECT_THAT(runner_.batches(), IsEmpty());

  clock_.Advance(kDelay / 2);

  runner_.AwaitJobs(2);
  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(1, 2)));
}

TEST_F(DynamicBatcherDelayTest, RunsAFullBatchWithoutWaiting) {
  for (int i = 1; i <= 3; ++i) Submit(id_, i);

  runner_.AwaitJobs(3);

  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(1, 2, 3)));
}

TEST_F(DynamicBatcherDelayTest, ALowerBatchLimitEndsTheWait) {
  const Clock::TimePoint ready_at = clock_.Now() + kDelay;
  Submit(id_, 1);
  Submit(id_, 2);
  clock_.AwaitWaiterUntil(ready_at);

  batcher_.SetMaxBatchSize(id_, 2);

  runner_.AwaitJobs(2);
  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(1, 2)));
}

TEST_F(DynamicBatcherDelayTest, RemovingTheQueueEndsTheWait) {
  const Clock::TimePoint ready_at = clock_.Now() + kDelay;
  Submit(id_, 1);
  clock_.AwaitWaiterUntil(ready_at);

  batcher_.RemoveQueue(id_);

  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(1)));
}

TEST_F(DynamicBatcherDelayTest, DrainingEndsTheWait) {
  const Clock::TimePoint ready_at = clock_.Now() + kDelay;
  Submit(id_, 1);
  clock_.AwaitWaiterUntil(ready_at);

  batcher_.Drain();

  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(1)));
}

TEST_F(DynamicBatcherDelayTest, AModelThatWaitsDoesNotHoldUpAnother) {
  RecordingRunner other_runner;
  const QueueId other = batcher_.AddQueue({}, other_runner).value();
  const Clock::TimePoint ready_at = clock_.Now() + kDelay;
  Submit(id_, 1);
  clock_.AwaitWaiterUntil(ready_at);

  Submit(other, 2);

  other_runner.AwaitJobs(1);
  EXPECT_THAT(runner_.batches(), IsEmpty());
  batcher_.Drain();
}

// The lane that watched over the waiting job goes to work elsewhere; another
// must take over the watch.
TEST(DynamicBatcherDelayLanesTest, AnotherLaneTakesOverTheWait) {
  FakeClock clock;
  RecordingRunner runner;
  RecordingRunner other_runner;
  DynamicBatcher batcher({.lane_count = 2}, clock);
  const QueueId id =
      batcher.AddQueue({.max_batch_size = 3, .max_queue_delay = kDelay}, runner)
          .value();
  const QueueId other = batcher.AddQueue({}, other_runner).value();
  const JobTimes times{.arrival = clock.Now()};
  ASSERT_EQ(batcher.Submit(id, Priority::kInteractive, MakeJob(1, times)),
            SubmitResult::kQueued);
  other_runner.Hold();
  ASSERT_EQ(batcher.Submit(other, Priority::kInteractive, MakeJob(2, times)),
            SubmitResult::kQueued);
  other_runner.AwaitCalls(1);

  clock.Advance(kDelay);

  runner.AwaitJobs(1);
  EXPECT_THAT(runner.batches(), ElementsAre(ElementsAre(1)));
  other_runner.LetGo();
}

}  // namespace
}  // namespace wanwu::batching
