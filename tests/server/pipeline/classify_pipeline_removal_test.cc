#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/pipeline/classify_pipeline.h"
#include "tests/server/pipeline/decode_holding_clock.h"
#include "tests/server/pipeline/pipeline_rig.h"

namespace wanwu::pipeline {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace test_support;  // NOLINT

// One lane, one decode thread, and a model of which the test lets go.
class ClassifyPipelineRemovalTest : public ::testing::Test {
 protected:
  ClassifyPipelineRemovalTest() {
    FakeModel made = MakeFakeModel();
    classifier_ = made.classifier;
    weights_ = made.served;
    made.served->SetLaneCount(1);
    EXPECT_TRUE(rig_.pipeline().RunOnEveryLane(
        [&](int lane) { EXPECT_TRUE(made.served->MakeReplica(lane).ok()); }));
    model_ = rig_.pipeline().Install(std::move(made.served)).value();
  }
  // Before the rig drains.
  ~ClassifyPipelineRemovalTest() override {
    clock_.gate().Open();
    if (!weights_.expired()) classifier_->gate().Open();
  }

  TrackedJob& Submit(EncodedPicture picture) {
    TrackedJobOptions options;
    options.times.arrival = clock_.Now();
    TrackedJob& tracked = *jobs_.emplace_back(
        std::make_unique<TrackedJob>(model_, std::move(picture), options));
    EXPECT_TRUE(rig_.pipeline().Submit(tracked.job()).ok());
    return tracked;
  }
  TrackedJob& Submit(int picture) {
    return Submit(Encoded(PictureOf(picture)));
  }

  TrackedJob& OccupyLane(int picture) {
    classifier_->gate().Close();
    TrackedJob& tracked = Submit(picture);
    classifier_->gate().AwaitHeld(1);
    return tracked;
  }

  void ExpectAnswer(TrackedJob& tracked, int picture) {
    ASSERT_TRUE(tracked.Await().ok()) << tracked.Await().status();
    EXPECT_EQ(BestClass(tracked.Await()->logits), picture);
    EXPECT_EQ(tracked.times_done(), 1);
  }

  // Also of the jobs, which must be done.
  void AwaitUnused() {
    jobs_.clear();
    unused_.AwaitAtLeast(1);
  }

  DecodeHoldingClock clock_;
  Counter unused_;
  PipelineRig rig_{{.on_model_unused = [this] { unused_.Add(); }}, clock_};
  FakeClassifier* classifier_ = nullptr;
  std::weak_ptr<ServedModel> weights_;
  std::shared_ptr<ServedModel> model_;
  std::vector<std::unique_ptr<TrackedJob>> jobs_;
};

TEST_F(ClassifyPipelineRemovalTest, AModelThatIsLetGoOfIsFreed) {
  ExpectAnswer(Submit(7), 7);
  EXPECT_THAT(rig_.pipeline().RemoveUnused(), IsEmpty());
  EXPECT_EQ(rig_.pipeline().installed_count(), 1);

  model_.reset();
  AwaitUnused();

  EXPECT_FALSE(weights_.expired());
  EXPECT_THAT(rig_.pipeline().RemoveUnused(), SizeIs(1));
  EXPECT_TRUE(weights_.expired());
  EXPECT_EQ(rig_.pipeline().installed_count(), 0);
  EXPECT_THAT(rig_.pipeline().RemoveUnused(), IsEmpty());
}

TEST_F(ClassifyPipelineRemovalTest, JobsInEveryStageAreAnsweredBefore) {
  Counter decoded;
  TrackedJob& running = OccupyLane(0);
  TrackedJob& queued = Submit(Encoded(PictureOf(1), decoded));
  decoded.AwaitAtLeast(1);
  clock_.gate().Close();
  TrackedJob& decoding = Submit(2);
  clock_.gate().AwaitHeld(1);
  TrackedJob& encoded = Submit(3);

  model_.reset();

  EXPECT_THAT(rig_.pipeline().RemoveUnused(), IsEmpty());
  clock_.gate().Open();
  classifier_->gate().Open();
  ExpectAnswer(running, 0);
  ExpectAnswer(queued, 1);
  ExpectAnswer(decoding, 2);
  ExpectAnswer(encoded, 3);
  AwaitUnused();
  EXPECT_THAT(rig_.pipeline().RemoveUnused(), SizeIs(1));
  EXPECT_TRUE(weights_.expired());
}

TEST_F(ClassifyPipelineRemovalTest, AJobMadeBeforeIsStillAdmitted) {
  TrackedJobOptions options;
  options.times.arrival = clock_.Now();
  TrackedJob& made = *jobs_.emplace_back(
      std::make_unique<TrackedJob>(model_, Encoded(PictureOf(5)), options));

  model_.reset();
  EXPECT_THAT(rig_.pipeline().RemoveUnused(), IsEmpty());

  ASSERT_TRUE(rig_.pipeline().Submit(made.job()).ok());
  ExpectAnswer(made, 5);
}

TEST_F(ClassifyPipelineRemovalTest,
       CancelledJobsHoldTheModelNoLongerThanTheQueue) {
  OccupyLane(0);
  Counter decoded;
  TrackedJob& queued = Submit(Encoded(PictureOf(1), decoded));
  decoded.AwaitAtLeast(1);
  rig_.pipeline().Cancel(*queued.job());
  EXPECT_FALSE(queued.Await().ok());

  model_.reset();
  classifier_->gate().Open();
  jobs_.front()->Await();
  AwaitUnused();

  EXPECT_THAT(rig_.pipeline().RemoveUnused(), SizeIs(1));
}

TEST_F(ClassifyPipelineRemovalTest, BatchesOfARemovedModelStayCounted) {
  ExpectAnswer(Submit(1), 1);
  model_.reset();
  AwaitUnused();

  rig_.pipeline().RemoveUnused();

  const batching::BatchesBySize batches = rig_.pipeline().BatchesBySize();
  EXPECT_EQ(std::accumulate(batches.begin(), batches.end(), uint64_t{0}), 1u);
}

TEST_F(ClassifyPipelineRemovalTest, ItsPlaceIsFreeForOthers) {
  for (int i = 1; i < batching::kMaxQueues; ++i) {
    rig_.Install(
        {.name = "m" + std::to_string(i), .classifier = {.class_count = 1}});
  }
  const auto install_another = [&] {
    return rig_.pipeline().Install(MakeFakeModel().served).status();
  };
  ASSERT_EQ(install_another().code(), absl::StatusCode::kResourceExhausted);

  model_.reset();
  AwaitUnused();
  rig_.pipeline().RemoveUnused();

  EXPECT_TRUE(install_another().ok());
}

TEST_F(ClassifyPipelineRemovalTest, AModelMayBeLetGoOfAfterThePipeline) {
  const std::weak_ptr<ServedModel> weights = weights_;
  {
    ClassifyPipeline other({}, clock_);
    FakeModel made = MakeFakeModel();
    model_ = other.Install(std::move(made.served)).value();
  }

  EXPECT_EQ(model_->class_count(), 1000);
  model_.reset();
}

}  // namespace
}  // namespace wanwu::pipeline
