#include "server/pipeline/classify_pipeline.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "tests/server/pipeline/pipeline_rig.h"
#include "tests/support/fake_clock.h"

namespace wanwu::pipeline {
namespace {

using batching::Priority;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using namespace test_support;  // NOLINT

TEST(ClassifyPipelineTest, AnswersWithTheLogitsOfThePicture) {
  PipelineRig rig;
  const FakeModel& model = rig.Install();

  const auto& outcome = rig.Submit(model, 421).Await();

  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->logits.size(), 1000u);
  EXPECT_EQ(BestClass(outcome->logits), 421);
}

TEST(ClassifyPipelineTest, EachPictureOfABatchGetsItsOwnAnswer) {
  PipelineRig rig;
  const FakeModel& model = rig.Install({.max_batch_size = 4});
  rig.OccupyLane(model, 0);
  std::vector<TrackedJob*> jobs;
  for (int i = 1; i <= 9; ++i) jobs.push_back(&rig.Submit(model, i));

  model.classifier->gate().Open();

  for (int i = 1; i <= 9; ++i) {
    const auto& outcome = jobs[static_cast<size_t>(i) - 1]->Await();
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(BestClass(outcome->logits), i);
  }
}

TEST(ClassifyPipelineTest, EachModelAnswersItsOwnJobs) {
  PipelineRig rig;
  const FakeModel& first = rig.Install({.name = "first"});
  const FakeModel& second = rig.Install(
      {.name = "second", .classifier = {.class_count = 10, .class_offset = 3}});

  const auto& from_first = rig.Submit(first, 5).Await();
  const auto& from_second = rig.Submit(second, 5).Await();

  EXPECT_EQ(BestClass(from_first->logits), 5);
  EXPECT_EQ(from_second->logits.size(), 10u);
  EXPECT_EQ(BestClass(from_second->logits), 8);
}

TEST(ClassifyPipelineTest, CountsTheBatchesOfAllModelsBySize) {
  PipelineRig rig;
  const FakeModel& first = rig.Install({.name = "first", .max_batch_size = 4});
  const FakeModel& second = rig.Install({.name = "second"});
  rig.OccupyLane(first, 0);
  for (int i = 1; i <= 3; ++i) rig.Submit(first, i);
  rig.Submit(second, 4);
  first.classifier->gate().Open();
  rig.pipeline().Drain();

  const batching::BatchesBySize batches = rig.pipeline().BatchesBySize();

  EXPECT_EQ(batches[1] + 2 * batches[2] + 3 * batches[3], 5u);
  EXPECT_GE(batches[1], 2u);
}

TEST(ClassifyPipelineTest, SaysWhereTheTimeWent) {
  FakeClock clock;
  PipelineRig rig({}, clock);
  const FakeModel& model = rig.Install();
  TrackedJob& running = rig.OccupyLane(model, 1);

  clock.Advance(milliseconds(7));
  TrackedJob& waiting = rig.Submit(model, 2);
  clock.Advance(milliseconds(4));
  model.classifier->gate().Open();

  const JobTimings& first = running.Await()->timings;
  EXPECT_EQ(first.inference, milliseconds(11));
  EXPECT_EQ(first.total, milliseconds(11));
  EXPECT_EQ(first.batch_size, 1);
  const JobTimings& second = waiting.Await()->timings;
  EXPECT_EQ(second.decode + second.queue, milliseconds(4));
  EXPECT_EQ(second.total, milliseconds(4));
}

TEST(ClassifyPipelineTest, BrokenPicturesNeitherReachALaneNorHarmOthers) {
  PipelineRig rig({.lanes = 2, .decode_threads = 2});
  const FakeModel& model = rig.Install({.max_batch_size = 8});
  std::vector<TrackedJob*> good;
  std::vector<TrackedJob*> broken;
  for (int i = 0; i < 50; ++i) {
    good.push_back(&rig.Submit(model, i));
    if (i % 5 == 0) {
      broken.push_back(&rig.Submit(model, Encoded(BrokenPicture())));
    }
  }

  for (int i = 0; i < 50; ++i) {
    const auto& outcome = good[static_cast<size_t>(i)]->Await();
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(BestClass(outcome->logits), i);
  }
  for (TrackedJob* job : broken) {
    EXPECT_EQ(errors::Reason(job->Await().status()),
              errors::kImageDecodeFailed);
  }
  EXPECT_EQ(model.classifier->pictures_seen(), 50);
}

TEST(ClassifyPipelineTest, AFailedBatchFailsItsOwnJobsOnly) {
  PipelineRig rig;
  const FakeModel& model = rig.Install({.max_batch_size = 2});
  model.classifier->FailOn(3);
  rig.OccupyLane(model, 0);
  std::vector<TrackedJob*> jobs;
  for (int i = 1; i <= 6; ++i) jobs.push_back(&rig.Submit(model, i));

  model.classifier->gate().Open();
  for (TrackedJob* job : jobs) job->Await();

  for (const std::vector<int>& batch : model.classifier->batches()) {
    const bool fails = std::count(batch.begin(), batch.end(), 3) > 0;
    for (const int picture : batch) {
      if (picture == 0) continue;
      const auto& outcome = jobs[static_cast<size_t>(picture) - 1]->Await();
      EXPECT_EQ(outcome.ok(), !fails) << picture;
      if (fails) {
        EXPECT_EQ(outcome.status().code(), absl::StatusCode::kInternal);
        EXPECT_EQ(errors::Reason(outcome.status()), errors::kInferenceFailed);
      }
    }
  }
}

TEST(ClassifyPipelineTest, RefusedJobIsNotTouched) {
  PipelineRig rig({.queue_capacity = 1});
  const FakeModel& model = rig.Install();
  rig.OccupyLane(model, 0);
  TrackedJob& refused = rig.MakeJob(model, Encoded(PictureOf(1)));

  const absl::Status status = rig.pipeline().Submit(refused.job());

  EXPECT_EQ(errors::Reason(status), errors::kQueueFull);
  EXPECT_EQ(refused.times_done(), 0);
  EXPECT_FALSE(refused.job()->picture().bytes.empty());
  EXPECT_EQ(rig.pipeline().admission().jobs(), 1);
}

TEST(ClassifyPipelineTest, ACancelledJobMakesRoomForAnotherAtOnce) {
  PipelineRig rig({.queue_capacity = 2});
  const FakeModel& model = rig.Install();
  rig.OccupyLane(model, 0);
  TrackedJob& cancelled = rig.Submit(model, 1);

  rig.pipeline().Cancel(*cancelled.job());
  cancelled.Await();
  TrackedJob& next = rig.Submit(model, 2);
  model.classifier->gate().Open();

  EXPECT_EQ(BestClass(next.Await()->logits), 2);
}

TEST(ClassifyPipelineTest, EncodedBytesCountUntilThePictureIsDecoded) {
  Counter decoded;
  PipelineRig rig({.queue_bytes = 100'000});
  const FakeModel& model = rig.Install({.max_batch_size = 2});
  rig.OccupyLane(model, 0);
  rig.Submit(model, Encoded(BulkyPictureOf(1, 25'000), decoded));
  rig.Submit(model, Encoded(BulkyPictureOf(2, 25'000), decoded));
  rig.Submit(model, Encoded(PictureOf(3), decoded));
  rig.Submit(model, Encoded(PictureOf(4), decoded));
  decoded.AwaitAtLeast(4);

  TrackedJob& fits = rig.MakeJob(model, Encoded(BulkyPictureOf(5, 60'000)));
  TrackedJob& refused = rig.MakeJob(model, Encoded(BulkyPictureOf(6, 60'000)));
  const absl::Status submitted = rig.pipeline().Submit(fits.job());
  const absl::Status too_much = rig.pipeline().Submit(refused.job());

  EXPECT_TRUE(submitted.ok()) << submitted;
  EXPECT_EQ(errors::Reason(too_much), errors::kQueueBytesFull);
  model.classifier->gate().Open();
  EXPECT_TRUE(fits.Await().ok());
  EXPECT_EQ(rig.pipeline().admission().bytes(), 0);
}

TEST(ClassifyPipelineTest, DecodesNoFurtherAheadThanTwoBatchesPerLane) {
  constexpr int kJobs = 40;
  Counter decoded;
  PipelineRig rig({.decode_threads = 3});
  const FakeModel& model = rig.Install({.max_batch_size = 4});
  model.classifier->gate().Close();
  std::vector<TrackedJob*> jobs;
  for (int i = 0; i < kJobs; ++i) {
    jobs.push_back(&rig.Submit(model, Encoded(PictureOf(i), decoded)));
  }

  model.classifier->gate().AwaitHeld(1);
  const int running = model.classifier->pictures_seen();
  decoded.AwaitAtLeast(running + 8);
  const int64_t encoded_bytes = rig.pipeline().admission().bytes();

  EXPECT_EQ(decoded.count(), running + 8);
  EXPECT_GE(encoded_bytes, 1);
  model.classifier->gate().Open();
  for (TrackedJob* job : jobs) EXPECT_TRUE(job->Await().ok());
}

TEST(ClassifyPipelineTest, DeadlineThatPassesInTheQueueIsNotRun) {
  FakeClock clock;
  PipelineRig rig({}, clock);
  const FakeModel& model = rig.Install();
  rig.OccupyLane(model, 1);
  TrackedJobOptions options;
  options.times.deadline = clock.Now() + seconds(1);
  TrackedJob& late = rig.MakeJob(model, Encoded(PictureOf(2)), options);
  ASSERT_TRUE(rig.pipeline().Submit(late.job()).ok());

  clock.Advance(seconds(1));
  model.classifier->gate().Open();

  EXPECT_EQ(late.Await().status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(model.classifier->pictures_seen(), 1);
}

TEST(ClassifyPipelineTest, DeadlineOutOfReachIsRefusedBeforeDecoding) {
  FakeClock clock;
  PipelineRig rig({}, clock);
  const FakeModel& model = rig.Install({.time_per_picture = milliseconds(10)});
  rig.OccupyLane(model, 1);
  TrackedJobOptions options;
  // The job that runs counts for 10 ms and half as much again for safety, this
  // one for another 10 ms.
  options.times.deadline = clock.Now() + milliseconds(24);
  TrackedJob& refused = rig.MakeJob(model, Encoded(PictureOf(2)), options);

  const absl::Status status = rig.pipeline().Submit(refused.job());

  EXPECT_EQ(errors::Reason(status), errors::kDeadlineUnreachable);
  EXPECT_EQ(refused.times_done(), 0);
}

TEST(ClassifyPipelineTest, InteractiveJobsOvertakeBulkJobs) {
  Counter decoded;
  FakeClock clock;
  PipelineRig rig({}, clock);
  const FakeModel& model = rig.Install();
  rig.OccupyLane(model, 0);
  const auto submit = [&](int picture, Priority priority) -> TrackedJob& {
    TrackedJob& tracked = rig.MakeJob(
        model, Encoded(PictureOf(picture), decoded), {.priority = priority});
    EXPECT_TRUE(rig.pipeline().Submit(tracked.job()).ok());
    return tracked;
  };
  submit(1, Priority::kBulk);
  submit(2, Priority::kInteractive);
  TrackedJob& last = submit(3, Priority::kBulk);
  // The one decode thread has queued those before it.
  decoded.AwaitAtLeast(3);

  model.classifier->gate().Open();
  last.Await();

  const auto batches = model.classifier->batches();
  ASSERT_GE(batches.size(), 3u);
  EXPECT_THAT(batches[1], ElementsAre(2));
  EXPECT_THAT(batches[2], ElementsAre(1));
}

TEST(ClassifyPipelineTest, TooManyModelsAreRefused) {
  PipelineRig rig({.queue_capacity = 1});
  for (int i = 0; i < batching::kMaxQueues; ++i) {
    rig.Install(
        {.name = "m" + std::to_string(i), .classifier = {.class_count = 1}});
  }

  const absl::Status status =
      rig.pipeline().Install(MakeFakeModel().served).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace wanwu::pipeline
