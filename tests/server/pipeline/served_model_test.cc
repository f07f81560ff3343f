#include "server/pipeline/served_model.h"

#include "gtest/gtest.h"
#include "tests/support/served_models.h"

namespace wanwu::pipeline {
namespace {

using batching::Clock;
using std::chrono::milliseconds;
using test_support::MakeFakeModel;

class FailingClassifier final : public model::Classifier {
 public:
  int class_count() const override { return 1; }
  image::TensorSpec tensor_spec() const override { return {}; }
  std::string_view engine() const override { return "test"; }
  absl::StatusOr<std::unique_ptr<model::Replica>> NewReplica() override {
    return absl::InternalError("no memory for a replica");
  }
};

TEST(ServedModelTest, CostsNothingBeforeItIsMeasured) {
  ServedModel model({}, {}, std::make_unique<FailingClassifier>());

  EXPECT_EQ(model.PictureTime(), Clock::Duration::zero());
  EXPECT_EQ(model.ElapsedTime(1), Clock::Duration::zero());
  EXPECT_EQ(model.batch_size(), 1);
}

TEST(ServedModelTest, APictureTakesItsPartOfAFullBatch) {
  const auto fake = MakeFakeModel();

  fake.served->SetBatchPlan({{1, milliseconds(10)},
                             {2, milliseconds(16)},
                             {4, milliseconds(24)},
                             {8, milliseconds(40)}},
                            4);

  EXPECT_EQ(fake.served->PictureTime(), milliseconds(6));
  EXPECT_EQ(fake.served->ElapsedTime(1), milliseconds(10));
  EXPECT_EQ(fake.served->batch_size(), 4);
  EXPECT_EQ(fake.served->batch_times().size(), 4u);
}

TEST(ServedModelTest, ItsTimesFollowTheBatchesThatRun) {
  const auto fake = MakeFakeModel();
  fake.served->SetBatchPlan(
      std::vector<model::BatchTime>{{1, milliseconds(20)}}, 1);

  for (int i = 0; i < 20; ++i) {
    fake.served->ObserveBatch(1, milliseconds(10), milliseconds(10));
  }

  EXPECT_LT(fake.served->PictureTime(), milliseconds(11));
}

TEST(ServedModelTest, ReplicaThatCannotBeMadeIsAnError) {
  ServedModel model({}, {}, std::make_unique<FailingClassifier>());
  model.SetLaneCount(1);

  EXPECT_EQ(model.MakeReplica(0).message(), "no memory for a replica");
}

}  // namespace
}  // namespace wanwu::pipeline
