#include "server/model/grey_batch.h"

#include <memory>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::model {
namespace {

using ::testing::ElementsAre;

class RecordingReplica final : public Replica {
 public:
  absl::Status Classify(std::span<const image::PixelTensor* const> batch,
                        std::span<float> logits) override {
    sizes.push_back(batch.size());
    for (const image::PixelTensor* picture : batch) {
      EXPECT_EQ(picture->width, 5);
      EXPECT_EQ(picture->height, 4);
      EXPECT_EQ(picture->values.size(), 60U);
    }
    EXPECT_EQ(logits.size(), batch.size() * 3);
    if (batch.size() == fails_at) return absl::InternalError("broken");
    return absl::OkStatus();
  }

  size_t fails_at = 0;
  std::vector<size_t> sizes;
};

class SmallClassifier final : public Classifier {
 public:
  int class_count() const override { return 3; }
  image::TensorSpec tensor_spec() const override { return {8, 5, 4}; }
  std::string_view engine() const override { return "test"; }
  absl::StatusOr<std::unique_ptr<Replica>> NewReplica() override {
    return std::make_unique<RecordingReplica>();
  }
};

TEST(GreyBatchTest, RunsOneBatchOfThatSize) {
  const SmallClassifier classifier;
  RecordingReplica replica;

  EXPECT_TRUE(RunGreyBatch(classifier, replica, 4).ok());

  EXPECT_THAT(replica.sizes, ElementsAre(4));
}

TEST(GreyBatchTest, SaysWhyItFailed) {
  const SmallClassifier classifier;
  RecordingReplica replica;
  replica.fails_at = 3;

  EXPECT_EQ(RunGreyBatch(classifier, replica, 3).message(), "broken");
}

}  // namespace
}  // namespace wanwu::model
