#include <chrono>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "server/pipeline/classify_pipeline.h"
#include "tests/server/pipeline/decode_holding_clock.h"
#include "tests/server/pipeline/pipeline_rig.h"

namespace wanwu::pipeline {
namespace {

using ::testing::ElementsAre;
using namespace test_support;  // NOLINT

void ExpectCancelled(TrackedJob& tracked) {
  const absl::Status status = tracked.Await().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(errors::Reason(status), errors::kCancelled);
  EXPECT_EQ(tracked.times_done(), 1);
}

TEST(ClassifyPipelineCancelTest, JobThatWaitsEncodedIsDoneAtOnce) {
  Counter decoded;
  Counter released;
  PipelineRig rig;
  const FakeModel& model = rig.Install();
  rig.OccupyLane(model, 0);
  rig.Submit(model, Encoded(PictureOf(1), decoded));
  rig.Submit(model, Encoded(PictureOf(2), decoded));
  decoded.AwaitAtLeast(2);
  TrackedJob& waiting = rig.Submit(model, Encoded(PictureOf(3), released));

  EXPECT_EQ(released.count(), 0);
  rig.pipeline().Cancel(*waiting.job());

  EXPECT_EQ(waiting.times_done(), 1);
  EXPECT_EQ(released.count(), 1);
  ExpectCancelled(waiting);
}

TEST(ClassifyPipelineCancelTest, JobThatIsBeingDecodedIsDoneAfterwards) {
  DecodeHoldingClock clock;
  PipelineRig rig({}, clock);
  const FakeModel& model = rig.Install();
  clock.gate().Close();
  TrackedJob& decoding = rig.Submit(model, 1);
  clock.gate().AwaitHeld(1);

  rig.pipeline().Cancel(*decoding.job());

  EXPECT_EQ(decoding.times_done(), 0);
  clock.gate().Open();
  ExpectCancelled(decoding);
  EXPECT_EQ(model.classifier->pictures_seen(), 0);
}

TEST(ClassifyPipelineCancelTest, BrokenPictureCancelledMeanwhileIsDoneOnce) {
  DecodeHoldingClock clock;
  PipelineRig rig({}, clock);
  const FakeModel& model = rig.Install();
  clock.gate().Close();
  TrackedJob& broken = rig.Submit(model, Encoded(BrokenPicture()));
  clock.gate().AwaitHeld(1);

  rig.pipeline().Cancel(*broken.job());
  clock.gate().Open();

  ExpectCancelled(broken);
  rig.pipeline().Drain();
  EXPECT_EQ(broken.times_done(), 1);
}

TEST(ClassifyPipelineCancelTest, QueuedJobNeverReachesTheModel) {
  Counter decoded;
  PipelineRig rig;
  const FakeModel& model = rig.Install();
  rig.OccupyLane(model, 0);
  TrackedJob& queued = rig.Submit(model, Encoded(PictureOf(1), decoded));
  decoded.AwaitAtLeast(1);

  rig.pipeline().Cancel(*queued.job());

  // While the lane is still held up.
  ExpectCancelled(queued);
  model.classifier->gate().Open();
  rig.pipeline().Drain();
  EXPECT_THAT(model.classifier->batches(), ElementsAre(ElementsAre(0)));
}

TEST(ClassifyPipelineCancelTest, RunningJobIsAnsweredOnce) {
  PipelineRig rig;
  const FakeModel& model = rig.Install();
  TrackedJob& running = rig.OccupyLane(model, 7);

  rig.pipeline().Cancel(*running.job());

  EXPECT_EQ(running.times_done(), 0);
  model.classifier->gate().Open();
  EXPECT_EQ(BestClass(running.Await()->logits), 7);
  rig.pipeline().Drain();
  EXPECT_EQ(running.times_done(), 1);
}

TEST(ClassifyPipelineCancelTest, FinishedJobIsLeftAlone) {
  PipelineRig rig;
  const FakeModel& model = rig.Install();
  TrackedJob& finished = rig.Submit(model, 1);
  finished.Await();

  rig.pipeline().Cancel(*finished.job());

  EXPECT_EQ(finished.times_done(), 1);
  EXPECT_TRUE(finished.Await().ok());
}

TEST(ClassifyPipelineCancelTest, SecondCancelChangesNothing) {
  PipelineRig rig;
  const FakeModel& model = rig.Install();
  rig.OccupyLane(model, 0);
  TrackedJob& waiting = rig.Submit(model, 1);

  rig.pipeline().Cancel(*waiting.job());
  rig.pipeline().Cancel(*waiting.job());

  ExpectCancelled(waiting);
}

TEST(ClassifyPipelineCancelTest, CancelledJobsGiveBackTheDecodeAhead) {
  PipelineRig rig({.decode_threads = 2});
  const FakeModel& model = rig.Install();
  rig.OccupyLane(model, 0);
  // More than may be decoded ahead, so this needs each of them to give its
  // place back although the lane stands still.
  for (int i = 1; i <= 20; ++i) {
    Counter decoded;
    TrackedJob& tracked = rig.Submit(model, Encoded(PictureOf(i), decoded));
    decoded.AwaitAtLeast(1);
    rig.pipeline().Cancel(*tracked.job());
    ExpectCancelled(tracked);
  }
  EXPECT_EQ(rig.pipeline().admission().jobs(), 1);
}

TEST(ClassifyPipelineCancelTest, CancelledJobsTakeNobodysPlace) {
  PipelineRig rig({.queue_capacity = 4});
  const FakeModel& model = rig.Install();
  rig.OccupyLane(model, 0);

  for (int i = 0; i < 1000; ++i) {
    TrackedJob tracked(model.served, Encoded(PictureOf(i)));
    ASSERT_TRUE(rig.pipeline().Submit(tracked.job()).ok());
    rig.pipeline().Cancel(*tracked.job());
    tracked.Await();
  }

  model.classifier->gate().Open();
  // Cancelled jobs keep their slots in the ring until the lane comes to them,
  // which one that is held up does not.
  while (rig.pipeline().QueueStatsOf(*model.served)->queued > 0) {
    std::this_thread::yield();
  }
  EXPECT_EQ(BestClass(rig.Submit(model, 500).Await()->logits), 500);
}

}  // namespace
}  // namespace wanwu::pipeline
