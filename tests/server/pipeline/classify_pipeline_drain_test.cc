#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "server/pipeline/classify_pipeline.h"
#include "tests/server/pipeline/pipeline_rig.h"

namespace wanwu::pipeline {
namespace {

using batching::Clock;
using namespace test_support;  // NOLINT

// Decode threads; 0: the lanes decode.
class ClassifyPipelineDrainTest : public ::testing::TestWithParam<int> {};

TEST_P(ClassifyPipelineDrainTest, EveryAdmittedJobIsAnswered) {
  PipelineRig rig({.lanes = 2, .decode_threads = GetParam()});
  const FakeModel& model = rig.Install({.max_batch_size = 4});
  rig.OccupyLane(model, 0);
  std::vector<TrackedJob*> jobs;
  for (int i = 0; i < 100; ++i) jobs.push_back(&rig.Submit(model, i));

  std::thread drain([&rig] { rig.pipeline().Drain(); });
  model.classifier->gate().Open();
  drain.join();

  for (size_t i = 0; i < jobs.size(); ++i) {
    ASSERT_EQ(jobs[i]->times_done(), 1) << i;
    EXPECT_EQ(BestClass(jobs[i]->Await()->logits), static_cast<int>(i));
  }
}

TEST_P(ClassifyPipelineDrainTest, AfterStopAdmissionJobsAreRefusedUntouched) {
  PipelineRig rig({.decode_threads = GetParam()});
  const FakeModel& model = rig.Install();
  rig.pipeline().StopAdmission();
  TrackedJob& refused = rig.MakeJob(model, Encoded(PictureOf(1)));

  const absl::Status status = rig.pipeline().Submit(refused.job());

  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(errors::Reason(status), errors::kDraining);
  EXPECT_EQ(refused.times_done(), 0);
}

TEST_P(ClassifyPipelineDrainTest, IsIdleOnlyOnceAllJobsAreDone) {
  PipelineRig rig({.decode_threads = GetParam()});
  const FakeModel& model = rig.Install();
  TrackedJob& running = rig.OccupyLane(model, 1);
  rig.pipeline().StopAdmission();

  EXPECT_FALSE(rig.pipeline().WaitUntilIdle(Clock::TimePoint{}));
  model.classifier->gate().Open();
  EXPECT_TRUE(rig.pipeline().WaitUntilIdle(Clock::TimePoint::max()));

  EXPECT_TRUE(running.Await().ok());
}

TEST_P(ClassifyPipelineDrainTest, AFewLanesDoNotHoldUpManyDecodeThreads) {
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE(round);
    PipelineRig rig({.decode_threads = GetParam()});
    const FakeModel& model = rig.Install();
    rig.OccupyLane(model, 0);
    std::vector<TrackedJob*> jobs;
    for (int i = 0; i < 3; ++i) jobs.push_back(&rig.Submit(model, i));

    std::thread drain([&rig] { rig.pipeline().Drain(); });
    model.classifier->gate().Open();
    drain.join();

    for (TrackedJob* job : jobs) EXPECT_EQ(job->times_done(), 1);
  }
}

TEST_P(ClassifyPipelineDrainTest, LeftoversOfCancelledJobsDoNotHoldItUp) {
  PipelineRig rig({.decode_threads = GetParam()});
  const FakeModel& model = rig.Install();
  TrackedJob& running = rig.OccupyLane(model, 0);
  for (int i = 0; i < 50; ++i) {
    rig.pipeline().Cancel(*rig.Submit(model, i).job());
  }

  model.classifier->gate().Open();
  rig.pipeline().Drain();

  EXPECT_EQ(running.times_done(), 1);
  EXPECT_EQ(rig.pipeline().admission().jobs(), 0);
}

TEST_P(ClassifyPipelineDrainTest, SubmitAgainstDrainLosesNoAdmittedJob) {
  for (int round = 0; round < 100; ++round) {
    SCOPED_TRACE(round);
    std::deque<TrackedJob> jobs;
    std::vector<TrackedJob*> admitted;
    PipelineRig rig({.decode_threads = GetParam()});
    const FakeModel& model = rig.Install();
    std::atomic<bool> started{false};
    std::thread submitter([&] {
      for (int i = 0;; ++i) {
        TrackedJob& tracked =
            jobs.emplace_back(model.served, Encoded(PictureOf(i)));
        if (!rig.pipeline().Submit(tracked.job()).ok()) return;
        admitted.push_back(&tracked);
        started.store(true);
        started.notify_one();
      }
    });
    started.wait(false);

    rig.pipeline().Drain();
    submitter.join();

    for (TrackedJob* job : admitted) ASSERT_EQ(job->times_done(), 1);
  }
}

INSTANTIATE_TEST_SUITE_P(DecodeThreads, ClassifyPipelineDrainTest,
                         ::testing::Values(0, 1, 8));

}  // namespace
}  // namespace wanwu::pipeline
