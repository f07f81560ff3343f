#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "batching/dynamic_batcher.h"
#include "tests/batching/recording_runner.h"
#include "tests/support/fake_clock.h"

namespace wanwu::batching {
namespace {

using test_support::FakeClock;

class DynamicBatcherCloseTest : public ::testing::Test {
 protected:
  SubmitResult Submit(QueueId id, int number = 0) {
    return batcher_.Submit(id, Priority::kInteractive,
                           MakeJob(number, {.arrival = clock_.Now()}));
  }

  // Submits from its own thread until the queue is closed.
  std::jthread StartSubmitting(QueueId id, std::atomic<std::size_t>& queued,
                               std::latch& started) {
    return std::jthread([this, id, &queued, &started] {
      for (;;) {
        const SubmitResult result = Submit(id);
        if (result == SubmitResult::kClosed) return;
        if (result == SubmitResult::kFull) {
          std::this_thread::yield();
        } else if (queued.fetch_add(1) == 50) {
          started.count_down();
        }
      }
    });
  }

  FakeClock clock_;
  RecordingRunner runner_;
  DynamicBatcher batcher_{{.lane_count = 2}, clock_};
};

TEST_F(DynamicBatcherCloseTest, DrainHandlesEverythingQueued) {
  const QueueId id = batcher_.AddQueue({}, runner_).value();
  const QueueId other = batcher_.AddQueue({}, runner_).value();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(Submit(i % 2 == 0 ? id : other, i), SubmitResult::kQueued);
  }

  batcher_.Drain();

  EXPECT_EQ(runner_.jobs_handled(), 100u);
}

TEST_F(DynamicBatcherCloseTest, RefusesEverythingAfterDrain) {
  const QueueId id = batcher_.AddQueue({}, runner_).value();

  batcher_.Drain();

  EXPECT_EQ(Submit(id), SubmitResult::kClosed);
  EXPECT_FALSE(batcher_.AddQueue({}, runner_).has_value());
  EXPECT_FALSE(batcher_.RunOnEveryLane([](int) { ADD_FAILURE(); }));
}

TEST_F(DynamicBatcherCloseTest, DrainAndRemoveMayBeRepeatedInAnyOrder) {
  const QueueId id = batcher_.AddQueue({}, runner_).value();
  const QueueId other = batcher_.AddQueue({}, runner_).value();

  batcher_.RemoveQueue(id);
  batcher_.RemoveQueue(id);
  batcher_.Drain();
  batcher_.Drain();
  batcher_.RemoveQueue(other);

  EXPECT_EQ(Submit(other), SubmitResult::kClosed);
}

TEST_F(DynamicBatcherCloseTest, DrainFromSeveralThreadsReturnsToAll) {
  const QueueId id = batcher_.AddQueue({}, runner_).value();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Submit(id), SubmitResult::kQueued);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([this] {
        batcher_.Drain();
        EXPECT_EQ(runner_.jobs_handled(), 100u);
      });
    }
  }
}

TEST_F(DynamicBatcherCloseTest, EveryJobAcceptedDuringDrainIsHandled) {
  const QueueId id = batcher_.AddQueue({.capacity = 64}, runner_).value();
  std::atomic<std::size_t> queued{0};
  std::latch started(1);
  std::vector<std::jthread> submitters;
  for (int i = 0; i < 3; ++i) {
    submitters.push_back(StartSubmitting(id, queued, started));
  }
  started.wait();

  batcher_.Drain();
  submitters.clear();

  EXPECT_EQ(runner_.jobs_handled(), queued);
}

TEST_F(DynamicBatcherCloseTest, EveryJobAcceptedDuringRemovalIsHandled) {
  for (int round = 0; round < 50; ++round) {
    // Destroyed right after removal: no lane may use it any more.
    auto runner = std::make_unique<RecordingRunner>();
    const QueueId id = batcher_.AddQueue({.capacity = 64}, *runner).value();
    std::atomic<std::size_t> queued{0};
    std::latch started(1);
    std::vector<std::jthread> submitters;
    for (int i = 0; i < 2; ++i) {
      submitters.push_back(StartSubmitting(id, queued, started));
    }
    started.wait();

    batcher_.RemoveQueue(id);
    const std::size_t handled = runner->jobs_handled();
    runner.reset();
    submitters.clear();

    ASSERT_EQ(handled, queued);
  }
}

TEST_F(DynamicBatcherCloseTest, RemovalWaitsForTheBatchUnderWay) {
  const QueueId id = batcher_.AddQueue({}, runner_).value();
  runner_.Hold();
  ASSERT_EQ(Submit(id), SubmitResult::kQueued);
  runner_.AwaitCalls(1);
  std::atomic<bool> let_go{false};
  std::jthread remover([&] {
    batcher_.RemoveQueue(id);
    EXPECT_TRUE(let_go);
  });
  while (Submit(id) != SubmitResult::kClosed) std::this_thread::yield();

  let_go = true;
  runner_.LetGo();
}

TEST_F(DynamicBatcherCloseTest, RemovalFromTwoThreadsReturnsToBoth) {
  for (int round = 0; round < 100; ++round) {
    const QueueId id = batcher_.AddQueue({}, runner_).value();
    ASSERT_EQ(Submit(id), SubmitResult::kQueued);
    std::jthread other([&] { batcher_.RemoveQueue(id); });
    batcher_.RemoveQueue(id);
  }

  EXPECT_EQ(runner_.jobs_handled(), 100u);
}

TEST_F(DynamicBatcherCloseTest, RemovingOneModelLeavesTheOthersRunning) {
  RecordingRunner steady_runner;
  const QueueId steady =
      batcher_.AddQueue({.capacity = 64}, steady_runner).value();
  std::atomic<std::size_t> queued{0};
  std::latch started(1);
  std::jthread submitter = StartSubmitting(steady, queued, started);
  started.wait();

  for (int round = 0; round < 200; ++round) {
    const QueueId id = batcher_.AddQueue({}, runner_).value();
    ASSERT_EQ(Submit(id), SubmitResult::kQueued);
    batcher_.RemoveQueue(id);
  }
  batcher_.RemoveQueue(steady);
  submitter.join();

  EXPECT_EQ(runner_.jobs_handled(), 200u);
  EXPECT_EQ(steady_runner.jobs_handled(), queued);
}

TEST_F(DynamicBatcherCloseTest, ARemovedQueuesIdNamesNothingAnyMore) {
  const QueueId old_id = batcher_.AddQueue({}, runner_).value();
  batcher_.RemoveQueue(old_id);
  const QueueId id = batcher_.AddQueue({}, runner_).value();

  batcher_.SetMaxBatchSize(old_id, 1);
  batcher_.RemoveQueue(old_id);

  EXPECT_NE(id, old_id);
  EXPECT_EQ(Submit(old_id), SubmitResult::kClosed);
  EXPECT_FALSE(batcher_.Stats(old_id).has_value());
  EXPECT_EQ(Submit(id), SubmitResult::kQueued);
}

TEST_F(DynamicBatcherCloseTest, RefusesMoreQueuesThanItHasPlaces) {
  std::vector<QueueId> ids;
  for (int i = 0; i < kMaxQueues; ++i) {
    ids.push_back(batcher_.AddQueue({.capacity = 2}, runner_).value());
  }
  EXPECT_FALSE(batcher_.AddQueue({}, runner_).has_value());

  batcher_.RemoveQueue(ids[30]);

  EXPECT_TRUE(batcher_.AddQueue({}, runner_).has_value());
}

TEST_F(DynamicBatcherCloseTest, KeepsNoJobAliveOnceRemovalReturned) {
  const QueueId id = batcher_.AddQueue({}, runner_).value();
  JobPtr job = MakeJob(1, {.arrival = clock_.Now()});
  const std::weak_ptr<Job> watch = job;
  ASSERT_EQ(batcher_.Submit(id, Priority::kBulk, job), SubmitResult::kQueued);
  job.reset();

  batcher_.RemoveQueue(id);

  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace wanwu::batching
