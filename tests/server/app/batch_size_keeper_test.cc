#include "server/app/batch_size_keeper.h"

#include <chrono>
#include <map>
#include <memory>
#include <sstream>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/pipeline/pipeline_rig.h"
#include "tests/support/fake_clock.h"

namespace wanwu::app {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

// Each batch takes the time that the test has set for its size.
class TimedClassifier final : public model::Classifier {
 public:
  explicit TimedClassifier(test_support::FakeClock& clock) : clock_(clock) {}

  int class_count() const override { return 10; }
  image::TensorSpec tensor_spec() const override { return {8, 8, 8}; }
  std::string_view engine() const override { return "timed"; }
  absl::StatusOr<std::unique_ptr<model::Replica>> NewReplica() override {
    return std::make_unique<TimedReplica>(*this);
  }

  // On the lane only, after the test has set them.
  std::map<size_t, milliseconds> times;
  std::vector<size_t> sizes;

 private:
  class TimedReplica final : public model::Replica {
   public:
    explicit TimedReplica(TimedClassifier& parent) : parent_(parent) {}
    absl::Status Classify(std::span<const image::PixelTensor* const> batch,
                          std::span<float>) override {
      parent_.sizes.push_back(batch.size());
      parent_.clock_.Advance(parent_.times[batch.size()]);
      return absl::OkStatus();
    }

   private:
    TimedClassifier& parent_;
  };

  test_support::FakeClock& clock_;
};

class BatchSizeKeeperTest : public ::testing::Test {
 protected:
  static constexpr int kLargest = 3;

  // As a first start had found it.
  void Serve(const std::vector<model::BatchTime>& believed, int batch_size) {
    auto classifier = std::make_unique<TimedClassifier>(clock_);
    classifier_ = classifier.get();
    model_ = std::make_shared<pipeline::ServedModel>(
        test_support::MakeFakeModel().served->package(),
        model::PrecisionChoice{}, std::move(classifier));
    model_->SetLaneCount(1);
    model_->SetBatchPlan(believed, batch_size);
    ASSERT_TRUE(rig_.pipeline().RunOnEveryLane(
        [&](int lane) { ASSERT_TRUE(model_->MakeReplica(lane).ok()); }));
    ASSERT_TRUE(rig_.pipeline().Install(model_).ok());
    catalog_.Put({.name = "fake",
                  .version = 1,
                  .state = pipeline::ModelState::kReady,
                  .model = model_});
  }

  // Somebody asks for something, in vain or not.
  void Ask() {
    test_support::TrackedJob& tracked = rig_.MakeJob(
        {.served = model_}, test_support::Encoded(test_support::PictureOf(1)));
    ASSERT_TRUE(rig_.pipeline().Submit(tracked.job()).ok());
    ASSERT_TRUE(tracked.Await().ok());
  }

  void AskAndTick(int times) {
    for (int i = 0; i < times; ++i) {
      Ask();
      keeper_.Tick();
    }
  }

  test_support::FakeClock clock_;
  pipeline::PipelineRig rig_{{}, clock_};
  pipeline::ModelCatalog catalog_{"fake"};
  std::ostringstream lines_;
  logging::Logger log_{{}, lines_};
  BatchSizeKeeper keeper_{kLargest, rig_.pipeline(), catalog_, log_};
  std::shared_ptr<pipeline::ServedModel> model_;
  TimedClassifier* classifier_ = nullptr;
};

std::vector<model::BatchTime> Times(milliseconds one, milliseconds two,
                                    milliseconds three) {
  return {{1, one}, {2, two}, {3, three}};
}

TEST_F(BatchSizeKeeperTest, ChoosesLargerBatchesWhenTheyPayAfterAll) {
  // Other work had run while larger batches were measured.
  Serve(Times(milliseconds(6), milliseconds(60), milliseconds(90)), 1);
  classifier_->times = {
      {1, milliseconds(6)}, {2, milliseconds(8)}, {3, milliseconds(9)}};

  AskAndTick(60);

  EXPECT_EQ(model_->batch_size(), 3);
  EXPECT_THAT(lines_.str(), HasSubstr("batch_size_changed"));
}

TEST_F(BatchSizeKeeperTest, ChoosesSmallerBatchesWhenLargeOnesGainNothing) {
  Serve(Times(milliseconds(60), milliseconds(70), milliseconds(80)), 3);
  classifier_->times = {
      {1, milliseconds(6)}, {2, milliseconds(12)}, {3, milliseconds(18)}};

  AskAndTick(60);

  EXPECT_EQ(model_->batch_size(), 1);
}

TEST_F(BatchSizeKeeperTest, LeavesAnIdleServerIdle) {
  Serve(Times(milliseconds(6), milliseconds(9), milliseconds(12)), 3);
  Ask();
  keeper_.Tick();
  const size_t batches = classifier_->sizes.size();

  for (int i = 0; i < 10; ++i) keeper_.Tick();

  EXPECT_EQ(classifier_->sizes.size(), batches);
}

TEST_F(BatchSizeKeeperTest, WarmsASizeUpBeforeItIsUsed) {
  Serve(Times(milliseconds(6), milliseconds(60), milliseconds(90)), 1);
  classifier_->times = {
      {1, milliseconds(6)}, {2, milliseconds(8)}, {3, milliseconds(9)}};
  while (model_->batch_size() == 1) AskAndTick(1);

  const int chosen = model_->batch_size();

  EXPECT_EQ(classifier_->sizes.back(), static_cast<size_t>(chosen));
}

TEST_F(BatchSizeKeeperTest, DoesNothingWithoutAModel) {
  keeper_.Tick();

  EXPECT_EQ(lines_.str(), "");
}

}  // namespace
}  // namespace wanwu::app
