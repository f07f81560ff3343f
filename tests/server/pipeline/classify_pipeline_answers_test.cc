// Answers that are kept for pictures that come again.

#include <chrono>
#include <vector>

#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "tests/server/pipeline/pipeline_rig.h"

namespace wanwu::pipeline {
namespace {

using namespace test_support;  // NOLINT
using batching::Clock;

constexpr int64_t kMiB = int64_t{1} << 20;
// More than is hashed before admission.
constexpr int kLarge = 600'000;

class ClassifyPipelineAnswersTest : public ::testing::Test {
 protected:
  const absl::StatusOr<JobAnswer>& Answer(int picture) {
    return rig_.Submit(model_, picture).Await();
  }
  AnswerCache::Counts Counts() { return rig_.pipeline().answers().Read(); }

  PipelineRig rig_{{.queue_capacity = 2, .answer_cache_bytes = kMiB}};
  const FakeModel& model_ = rig_.Install();
};

TEST_F(ClassifyPipelineAnswersTest, IdenticalPictureIsAnsweredWithoutItsModel) {
  const std::vector<float> first = Answer(7)->logits;

  const auto& second = Answer(7);

  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(second->cached);
  EXPECT_EQ(second->logits, first);
  EXPECT_EQ(model_.classifier->pictures_seen(), 1);
  EXPECT_EQ(Counts().hits, 1);
  EXPECT_EQ(Counts().misses, 1);
}

TEST_F(ClassifyPipelineAnswersTest, AKeptAnswerHasNoStages) {
  Answer(7);

  const JobTimings timings = Answer(7)->timings;

  EXPECT_EQ(timings.decode, Clock::Duration::zero());
  EXPECT_EQ(timings.queue, Clock::Duration::zero());
  EXPECT_EQ(timings.inference, Clock::Duration::zero());
  EXPECT_EQ(timings.batch_size, 0);
  EXPECT_GT(timings.total, Clock::Duration::zero());
}

TEST_F(ClassifyPipelineAnswersTest, OtherPictureIsNotAnsweredFromIt) {
  EXPECT_FALSE(Answer(7)->cached);

  const auto& other = Answer(8);

  EXPECT_FALSE(other->cached);
  EXPECT_EQ(BestClass(other->logits), 8);
}

TEST_F(ClassifyPipelineAnswersTest, LargePictureIsLookedForByDecodeThreads) {
  const auto picture = [] { return Encoded(BulkyPictureOf(7, kLarge)); };
  rig_.Submit(model_, picture()).Await();

  const auto& again = rig_.Submit(model_, picture()).Await();

  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->cached);
  EXPECT_EQ(BestClass(again->logits), 7);
  EXPECT_EQ(again->timings.queue, Clock::Duration::zero());
  EXPECT_EQ(rig_.pipeline().admission().admitted(), 2);
  EXPECT_EQ(rig_.pipeline().admission().jobs(), 0);
}

TEST_F(ClassifyPipelineAnswersTest, NeedsNoPlaceInAFullQueue) {
  Answer(7);
  rig_.OccupyLane(model_, 1);
  rig_.Submit(model_, 2);
  ASSERT_EQ(errors::Reason(Answer(3).status()), errors::kQueueFull);

  const auto& kept = Answer(7);

  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_TRUE(kept->cached);
}

TEST_F(ClassifyPipelineAnswersTest, IsRefusedOnceAdmissionIsClosed) {
  Answer(7);
  rig_.pipeline().StopAdmission();

  EXPECT_EQ(errors::Reason(Answer(7).status()), errors::kDraining);
}

TEST_F(ClassifyPipelineAnswersTest, ModelThatTakesItsPlaceIsAskedAnew) {
  Answer(7);
  const FakeModel& reloaded = rig_.Install({.classifier = {.class_offset = 5}});

  const auto& answer = rig_.Submit(reloaded, 7).Await();

  EXPECT_FALSE(answer->cached);
  EXPECT_EQ(BestClass(answer->logits), 12);
}

TEST_F(ClassifyPipelineAnswersTest, ErrorsAreNotKept) {
  model_.classifier->FailOn(7);
  EXPECT_TRUE(absl::IsInternal(Answer(7).status()));
  EXPECT_FALSE(rig_.Submit(model_, Encoded(BrokenPicture())).Await().ok());

  EXPECT_TRUE(absl::IsInternal(Answer(7).status()));
  EXPECT_FALSE(rig_.Submit(model_, Encoded(BrokenPicture())).Await().ok());

  EXPECT_EQ(Counts().answers, 0);
  EXPECT_EQ(Counts().hits, 0);
}

TEST_F(ClassifyPipelineAnswersTest, CancellingItAfterwardsDoesNothing) {
  Answer(7);
  TrackedJob& kept = rig_.Submit(model_, 7);

  rig_.pipeline().Cancel(*kept.job());

  EXPECT_TRUE(kept.Await().ok());
  EXPECT_EQ(kept.times_done(), 1);
}

TEST_F(ClassifyPipelineAnswersTest, OnlyWhatHasNoAnswerOfSeveralIsAdmitted) {
  Answer(7);
  std::vector<ClassifyJobPtr> jobs;
  std::vector<TrackedJob*> tracked;
  for (const int picture : {7, 8, 7}) {
    tracked.push_back(&rig_.MakeJob(model_, Encoded(PictureOf(picture))));
    jobs.push_back(tracked.back()->job());
    ASSERT_TRUE(rig_.pipeline().Estimate(*jobs.back()).ok());
  }

  ASSERT_TRUE(rig_.pipeline().AdmitAll(jobs).ok());
  for (const ClassifyJobPtr& job : jobs) rig_.pipeline().Start(job);

  EXPECT_TRUE(tracked[0]->Await()->cached);
  EXPECT_FALSE(tracked[1]->Await()->cached);
  EXPECT_TRUE(tracked[2]->Await()->cached);
  EXPECT_EQ(BestClass(tracked[1]->Await()->logits), 8);
  EXPECT_EQ(rig_.pipeline().admission().admitted(), 2);
}

TEST_F(ClassifyPipelineAnswersTest, ModelCountsThemApart) {
  Answer(7);
  Answer(7);
  Answer(8);

  const ModelCounters::Copy counts = model_.served->counters().Read();

  EXPECT_EQ(counts.answered.count, 2u);
  EXPECT_EQ(counts.not_cached, 2u);
  EXPECT_EQ(counts.cached.count, 1u);
}

TEST(ClassifyPipelineWithoutAnswersTest, EachPictureIsComputed) {
  PipelineRig rig;
  const FakeModel& model = rig.Install();

  EXPECT_FALSE(rig.Submit(model, 7).Await()->cached);
  EXPECT_FALSE(rig.Submit(model, 7).Await()->cached);

  EXPECT_EQ(model.classifier->pictures_seen(), 2);
  EXPECT_EQ(rig.pipeline().answers().Read().misses, 0);
}

}  // namespace
}  // namespace wanwu::pipeline
