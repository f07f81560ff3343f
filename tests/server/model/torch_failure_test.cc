#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/model/torchscript/torch_classifier.h"
#include "tests/server/model/torch_fixture.h"

namespace wanwu::model {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

// Why the model of that name cannot be loaded.
std::string LoadError(const std::string& name) {
  const absl::Status status = LoadTestModel(name).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
  EXPECT_THAT(
      std::string(status.message()),
      AllOf(HasSubstr(name + "/1/model.fp32.pt: "), Not(HasSubstr("\n"))));
  return std::string(status.message());
}

TEST(TorchFailureTest, ExceptionInTheModelIsInternalAndNamed) {
  const auto classifier = LoadTestModel("raising").value();
  const auto replica = classifier->NewReplica().value();
  image::PixelTensor bright = PatternPicture(0);
  bright.values[0] = 255;
  const image::PixelTensor* batch[] = {&bright};
  std::vector<float> logits(10);

  const absl::Status status = replica->Classify(batch, logits);

  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(
      std::string(status.message()),
      AllOf(HasSubstr("the corner is too bright"), Not(HasSubstr("\n"))));
}

TEST(TorchFailureTest, ReplicaIsUsableAfterAnException) {
  const auto classifier = LoadTestModel("raising").value();
  const auto replica = classifier->NewReplica().value();
  image::PixelTensor bright = PatternPicture(0);
  bright.values[0] = 255;
  const image::PixelTensor dim = PatternPicture(0);
  const image::PixelTensor* failing[] = {&dim, &bright};
  const image::PixelTensor* good[] = {&dim, &dim};
  std::vector<float> logits(20);
  ASSERT_FALSE(replica->Classify(failing, logits).ok());

  EXPECT_TRUE(replica->Classify(good, logits).ok());
}

TEST(TorchFailureTest, FewerAnswersThanPicturesAreInternal) {
  const auto classifier = LoadTestModel("forgetful").value();
  const auto replica = classifier->NewReplica().value();

  const absl::Status status =
      ClassifyPatterns(*classifier, *replica, {1, 2}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(status.message(),
            "the model's output is Float [1, 10] instead of Float [2, 10]");
}

TEST(TorchFailureTest, AnotherNumberOfClassesThanLabelsIsALoadError) {
  EXPECT_THAT(LoadError("eleven_labels"),
              EndsWith("output is Float [1, 10] instead of Float [1, 11]"));
}

TEST(TorchFailureTest, OutputOfAnotherKindIsALoadError) {
  EXPECT_THAT(LoadError("integers"), HasSubstr("output is Long [1, 10]"));
  EXPECT_THAT(LoadError("pair"), HasSubstr("output is Tuple"));
}

TEST(TorchFailureTest, ModuleWithoutForwardIsALoadError) {
  EXPECT_THAT(LoadError("forwardless"), HasSubstr("forward"));
}

TEST(TorchFailureTest, FileThatIsNoModuleIsALoadError) {
  for (const char* name : {"garbage", "empty", "truncated"}) {
    EXPECT_GT(LoadError(name).size(), 30U);
  }
}

TEST(TorchFailureTest, MissingPrecisionIsNotFound) {
  EXPECT_EQ(LoadTestModel("raising", Precision::kInt8).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace wanwu::model
