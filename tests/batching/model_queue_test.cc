#include "batching/model_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/batching/recording_runner.h"

namespace wanwu::batching {
namespace {

using std::chrono::milliseconds;
using ::testing::Eq;
using ::testing::Optional;

Clock::TimePoint At(int ms) {
  return Clock::TimePoint(std::chrono::hours(1) + milliseconds(ms));
}

class ModelQueueTest : public ::testing::Test {
 protected:
  void Push(ModelQueue& queue, Priority priority, int number, int arrival_ms) {
    ASSERT_TRUE(
        queue.TryPush(priority, MakeJob(number, {.arrival = At(arrival_ms)})));
  }

  static std::optional<int> Pop(ModelQueue& queue,
                                BatchKind kind = BatchKind::kInteractive) {
    const std::optional<JobPtr> job = queue.PopNext(kind);
    return job ? std::optional(NumberOf(*job)) : std::nullopt;
  }

  RecordingRunner runner_;
};

TEST_F(ModelQueueTest, KeepsBulkJobsApart) {
  ModelQueue queue({}, runner_);
  Push(queue, Priority::kBulk, 1, 0);
  Push(queue, Priority::kInteractive, 2, 400);

  EXPECT_EQ(queue.SizeGuess(BatchKind::kInteractive), 1u);
  EXPECT_EQ(queue.SizeGuess(BatchKind::kBulk), 1u);
  EXPECT_THAT(Pop(queue), Optional(2));
  EXPECT_THAT(Pop(queue), Eq(std::nullopt));
  EXPECT_THAT(Pop(queue, BatchKind::kBulk), Optional(1));
}

TEST_F(ModelQueueTest, GivesFirstJobsBeforeOlderInteractiveOnes) {
  ModelQueue queue({}, runner_);
  Push(queue, Priority::kInteractive, 1, 0);
  Push(queue, Priority::kFirst, 2, 100);

  EXPECT_THAT(Pop(queue), Optional(2));
  EXPECT_THAT(Pop(queue), Optional(1));
}

TEST_F(ModelQueueTest, FirstJobsThatKeepComingDoNotStarveTheOthers) {
  ModelQueue queue({}, runner_);
  Push(queue, Priority::kInteractive, 1000, 0);
  for (int i = 0; i < 2 * kTurnsPerLowerTurn; ++i) {
    Push(queue, Priority::kFirst, i, i);
  }

  int turns = 1;
  while (Pop(queue) != 1000) ++turns;

  EXPECT_EQ(turns, kTurnsPerLowerTurn);
}

TEST_F(ModelQueueTest, ShowsTheOldestHeadOfEachKind) {
  ModelQueue queue({}, runner_);
  EXPECT_FALSE(queue.Peek(Company::kMayCome).has_value());
  Push(queue, Priority::kBulk, 1, 0);
  EXPECT_FALSE(queue.Peek(Company::kMayCome)->has(BatchKind::kInteractive));
  Push(queue, Priority::kInteractive, 2, 100);
  Push(queue, Priority::kFirst, 3, 90);

  const QueueView view = *queue.Peek(Company::kMayCome);
  EXPECT_EQ(view.oldest(BatchKind::kInteractive), At(90));
  EXPECT_EQ(view.oldest(BatchKind::kBulk), At(0));
}

TEST_F(ModelQueueTest, CountsTheLaneTimeItHadFromWhereTheOthersAre) {
  ModelQueue queue({}, runner_);
  Push(queue, Priority::kInteractive, 1, 0);

  queue.AddServed(1'000'000, milliseconds(2));
  queue.AddServed(1'000'000, milliseconds(4));

  EXPECT_EQ(queue.Peek(Company::kMayCome)->served_ns, 7'000'000);
}

TEST_F(ModelQueueTest, IsReadyAtOnceWithoutADelay) {
  ModelQueue queue({.max_batch_size = 8}, runner_);
  Push(queue, Priority::kInteractive, 1, 0);

  EXPECT_EQ(queue.Peek(Company::kMayCome)->ready_at, Clock::TimePoint::min());
}

TEST_F(ModelQueueTest, WaitsForCompanyFromTheOldestArrivalOn) {
  ModelQueue queue({.max_batch_size = 3, .max_queue_delay = milliseconds(20)},
                   runner_);
  Push(queue, Priority::kInteractive, 1, 7);
  Push(queue, Priority::kBulk, 2, 5);

  EXPECT_EQ(queue.Peek(Company::kMayCome)->ready_at, At(25));
}

TEST_F(ModelQueueTest, IsReadyWhenAFullBatchIsThere) {
  ModelQueue queue({.max_batch_size = 2, .max_queue_delay = milliseconds(20)},
                   runner_);
  Push(queue, Priority::kInteractive, 1, 0);
  Push(queue, Priority::kFirst, 2, 0);

  EXPECT_EQ(queue.Peek(Company::kMayCome)->ready_at, Clock::TimePoint::min());
}

TEST_F(ModelQueueTest, TheWaitForCompanyNeverOutlivesADeadline) {
  runner_.set_expected_time(milliseconds(2));
  ModelQueue queue({.max_batch_size = 3, .max_queue_delay = milliseconds(20)},
                   runner_);
  Push(queue, Priority::kInteractive, 1, 0);
  ASSERT_TRUE(
      queue.TryPush(Priority::kInteractive,
                    MakeJob(2, {.arrival = At(2), .deadline = At(15)})));

  EXPECT_EQ(queue.Peek(Company::kMayCome)->ready_at, At(9));
}

TEST_F(ModelQueueTest, WhatALaneLeavesBehindDoesNotWaitAgain) {
  ModelQueue queue({.max_batch_size = 3, .max_queue_delay = milliseconds(20)},
                   runner_);
  Push(queue, Priority::kInteractive, 1, 0);
  Push(queue, Priority::kInteractive, 2, 0);
  queue.EndWait();
  ASSERT_THAT(Pop(queue), Optional(1));

  queue.DoNotWaitAgain(At(3));

  EXPECT_EQ(queue.Peek(Company::kMayCome)->ready_at, At(3));
}

TEST_F(ModelQueueTest, IsReadyWhenNoCompanyIsExpected) {
  ModelQueue queue({.max_queue_delay = milliseconds(20)}, runner_);
  Push(queue, Priority::kInteractive, 1, 0);

  EXPECT_EQ(queue.Peek(Company::kNotExpected)->ready_at,
            Clock::TimePoint::min());
}

TEST_F(ModelQueueTest, ClampsItsLimits) {
  ModelQueue small({.max_batch_size = 0, .max_queue_delay = milliseconds(-1)},
                   runner_);
  ModelQueue large({.max_batch_size = 1'000'000}, runner_);
  ModelQueue patient({.max_queue_delay = Clock::Duration::max()}, runner_);
  Push(patient, Priority::kInteractive, 1, 0);

  EXPECT_EQ(small.max_batch_size(), 1);
  EXPECT_FALSE(small.waits_for_company());
  EXPECT_EQ(large.max_batch_size(), kLargestBatchSize);
  EXPECT_EQ(patient.Peek(Company::kMayCome)->ready_at, At(60'000));
}

TEST_F(ModelQueueTest, OneFullPriorityLeavesTheOtherItsRoom) {
  ModelQueue queue({.capacity = 2}, runner_);
  Push(queue, Priority::kBulk, 1, 0);
  Push(queue, Priority::kBulk, 2, 0);

  EXPECT_FALSE(queue.TryPush(Priority::kBulk, MakeJob(3, {})));
  EXPECT_TRUE(queue.TryPush(Priority::kInteractive, MakeJob(4, {})));
}

TEST_F(ModelQueueTest, TellsWhatIsQueuedAndSinceWhen) {
  ModelQueue queue({}, runner_);
  EXPECT_EQ(queue.Stats().queued, 0u);
  EXPECT_FALSE(queue.Stats().oldest_arrival.has_value());
  Push(queue, Priority::kInteractive, 1, 9);
  Push(queue, Priority::kBulk, 2, 4);

  EXPECT_EQ(queue.Stats().queued, 2u);
  EXPECT_THAT(queue.Stats().oldest_arrival, Optional(At(4)));
}

TEST_F(ModelQueueTest, CountsWhatWasHandled) {
  ModelQueue queue({}, runner_);

  queue.counters().Add({.run = 3, .expired = 1, .cancelled = 2});
  queue.counters().Add({.run = 3});
  queue.counters().Add({.expired = 5});

  const QueueStats stats = queue.Stats();
  EXPECT_EQ(stats.batches, 2u);
  EXPECT_EQ(stats.batches_by_size[3], 2u);
  EXPECT_EQ(stats.jobs_run, 6u);
  EXPECT_EQ(stats.expired, 6u);
  EXPECT_EQ(stats.cancelled, 2u);
}

}  // namespace
}  // namespace wanwu::batching
