#include "batching/batch_former.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/batching/recording_runner.h"

namespace wanwu::batching {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Clock::TimePoint kNow{std::chrono::hours(1)};

std::vector<int> Numbers(const std::vector<JobPtr>& jobs) {
  std::vector<int> numbers;
  for (const JobPtr& job : jobs) numbers.push_back(NumberOf(job));
  return numbers;
}

class BatchFormerTest : public ::testing::Test {
 protected:
  void Use(const QueueOptions& options) {
    queue_ = std::make_unique<ModelQueue>(options, runner_);
  }

  JobPtr Push(int number, JobTimes times = {.arrival = kNow},
              Priority priority = Priority::kInteractive) {
    JobPtr job = MakeJob(number, times);
    EXPECT_TRUE(queue_->TryPush(priority, JobPtr(job)));
    return job;
  }

  void PushMany(int count) {
    for (int i = 0; i < count; ++i) Push(i);
  }

  Batch Form(int idle_lanes, BatchKind kind = BatchKind::kInteractive) {
    Batch batch;
    FormBatch(*queue_, {.idle_lanes = idle_lanes, .now = kNow, .kind = kind},
              batch);
    return batch;
  }

  RecordingRunner runner_;
  std::unique_ptr<ModelQueue> queue_ =
      std::make_unique<ModelQueue>(QueueOptions{}, runner_);
};

TEST_F(BatchFormerTest, TakesNothingFromAnEmptyQueue) {
  EXPECT_EQ(Form(1).popped(), 0u);
}

TEST_F(BatchFormerTest, TheOnlyIdleLaneTakesAllThatIsQueued) {
  PushMany(5);

  EXPECT_THAT(Numbers(Form(1).jobs), ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(BatchFormerTest, LeavesOtherIdleLanesTheirShare) {
  PushMany(7);

  EXPECT_EQ(Form(3).jobs.size(), 3u);
  EXPECT_EQ(Form(2).jobs.size(), 2u);
  EXPECT_EQ(Form(1).jobs.size(), 2u);
}

TEST_F(BatchFormerTest, TakesAtLeastOneHoweverManyLanesAreIdle) {
  PushMany(2);

  EXPECT_EQ(Form(64).jobs.size(), 1u);
}

TEST_F(BatchFormerTest, NeverExceedsTheBatchLimit) {
  Use({.max_batch_size = 4});
  PushMany(20);

  EXPECT_EQ(Form(1).jobs.size(), 4u);
  EXPECT_EQ(Form(2).jobs.size(), 4u);
}

TEST_F(BatchFormerTest, AFullBatchThatWasWaitedForIsNotSplit) {
  Use({.max_batch_size = 4, .max_queue_delay = milliseconds(5)});
  PushMany(5);

  EXPECT_EQ(Form(2).jobs.size(), 4u);
}

TEST_F(BatchFormerTest, APartialBatchWhoseWaitIsOverIsSplit) {
  Use({.max_batch_size = 8, .max_queue_delay = milliseconds(5)});
  PushMany(4);

  EXPECT_EQ(Form(2).jobs.size(), 2u);
}

TEST_F(BatchFormerTest, TakesTheJobsItHandsOut) {
  const JobPtr job = Push(1);

  const Batch batch = Form(1);

  EXPECT_FALSE(job->TryTake());
  EXPECT_EQ(job->Cancel(), CancelOutcome::kOwnerInformed);
}

TEST_F(BatchFormerTest, DropsCancelledJobsAndFillsTheirPlaces) {
  Use({.max_batch_size = 2});
  ASSERT_EQ(Push(1)->Cancel(), CancelOutcome::kCancelled);
  Push(2);
  ASSERT_EQ(Push(3)->Cancel(), CancelOutcome::kCancelled);
  Push(4);
  Push(5);

  const Batch batch = Form(1);

  EXPECT_THAT(Numbers(batch.jobs), ElementsAre(2, 4));
  EXPECT_THAT(batch.expired, IsEmpty());
  EXPECT_EQ(batch.cancelled, 2u);
}

TEST_F(BatchFormerTest, KeepsNoReferenceToACancelledJob) {
  JobPtr job = Push(1);
  ASSERT_EQ(job->Cancel(), CancelOutcome::kCancelled);
  const std::weak_ptr<Job> watch = job;
  job.reset();

  const Batch batch = Form(1);

  EXPECT_TRUE(watch.expired());
}

TEST_F(BatchFormerTest, SetsAsideJobsAtOrPastTheirDeadline) {
  Use({.max_batch_size = 2});
  Push(1, {.arrival = kNow, .deadline = kNow});
  Push(2, {.arrival = kNow, .deadline = kNow + milliseconds(1)});
  Push(3, {.arrival = kNow, .deadline = kNow - milliseconds(1)});
  Push(4);

  const Batch batch = Form(1);

  EXPECT_THAT(Numbers(batch.jobs), ElementsAre(2, 4));
  EXPECT_THAT(Numbers(batch.expired), ElementsAre(1, 3));
}

TEST_F(BatchFormerTest, ACancelledJobPastItsDeadlineIsItsCancellersOnly) {
  ASSERT_EQ(Push(1, {.arrival = kNow, .deadline = kNow})->Cancel(),
            CancelOutcome::kCancelled);

  const Batch batch = Form(1);

  EXPECT_THAT(batch.expired, IsEmpty());
  EXPECT_EQ(batch.cancelled, 1u);
}

TEST_F(BatchFormerTest, InteractiveAndBulkJobsDoNotShareABatch) {
  Push(1, {.arrival = kNow}, Priority::kBulk);
  Push(2, {.arrival = kNow}, Priority::kBulk);
  Push(3, {.arrival = kNow});
  Push(4, {.arrival = kNow}, Priority::kFirst);

  EXPECT_THAT(Numbers(Form(1).jobs), ElementsAre(4, 3));
  EXPECT_THAT(Numbers(Form(1, BatchKind::kBulk).jobs), ElementsAre(1, 2));
}

TEST_F(BatchFormerTest, SetsAsideJobsThatTheBatchWouldAnswerTooLate) {
  runner_.set_expected_time(milliseconds(10));
  Push(1, {.arrival = kNow, .deadline = kNow + milliseconds(30)});
  Push(2, {.arrival = kNow, .deadline = kNow + milliseconds(31)});
  Push(3);

  const Batch batch = Form(1);

  EXPECT_THAT(Numbers(batch.jobs), ElementsAre(2, 3));
  EXPECT_THAT(Numbers(batch.expired), ElementsAre(1));
}

TEST_F(BatchFormerTest, ClearForgetsEverything) {
  Push(1);
  Push(2, {.arrival = kNow, .deadline = kNow});
  ASSERT_EQ(Push(3)->Cancel(), CancelOutcome::kCancelled);
  Batch batch = Form(1);
  ASSERT_EQ(batch.popped(), 3u);

  batch.Clear();

  EXPECT_EQ(batch.popped(), 0u);
}

}  // namespace
}  // namespace wanwu::batching
