#include "server/rpc/model_description.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_classifier.h"
#include "tests/support/served_models.h"

namespace wanwu::rpc {
namespace {

using ::testing::ElementsAre;
using wanwu::v1::Model;

constexpr auto kBatchTime = std::chrono::microseconds(1'500'250);

model::Manifest SampleManifest() {
  model::Manifest manifest;
  manifest.name = "tiny";
  manifest.version = 12;
  manifest.architecture = "resnet18";
  manifest.trained = true;
  manifest.source.weights = "somewhere";
  manifest.source.licence = "BSD-3-Clause";
  manifest.input.tensor = {256, 224, 192};
  manifest.input.divisor = 128;
  manifest.input.mean = {0.5f, 0.25f, 0.125f};
  manifest.input.std = {1, 2, 4};
  manifest.measured =
      model::Measured{.set = "sample", .images = 500, .accuracy = {}};
  manifest.measured->accuracy[model::Precision::kInt8] = {
      .top1 = 0.75, .top5 = 0.875, .agreement = 0.5, .method = "two-fold"};
  return manifest;
}

pipeline::CatalogEntry ReadyEntry(
    model::Precision precision,
    const model::Manifest& manifest = SampleManifest()) {
  auto served = std::make_shared<pipeline::ServedModel>(
      model::Package{.directory = {}, .manifest = manifest, .labels = {}},
      model::PrecisionChoice{precision, "as asked"},
      std::make_unique<test_support::FakeClassifier>());
  served->SetBatchPlan({{1, std::chrono::milliseconds(2)}, {2, kBatchTime}}, 2);
  return {.name = "tiny",
          .version = 12,
          .state = pipeline::ModelState::kReady,
          .message = "",
          .model = std::move(served)};
}

TEST(ModelDescriptionTest, ScoresAreNamed) {
  model::Manifest manifest = SampleManifest();
  EXPECT_EQ(
      DescribeModel(ReadyEntry(model::Precision::kInt8, manifest)).scores(),
      Model::SCORES_SOFTMAX);
  manifest.scores = model::Scores::kSigmoid;
  EXPECT_EQ(
      DescribeModel(ReadyEntry(model::Precision::kInt8, manifest)).scores(),
      Model::SCORES_SIGMOID);
}

TEST(ModelDescriptionTest, ReadyModelIsDescribedInFull) {
  const Model model = DescribeModel(ReadyEntry(model::Precision::kInt8));

  EXPECT_EQ(model.name(), "tiny");
  EXPECT_EQ(model.version(), "12");
  EXPECT_EQ(model.state(), Model::STATE_READY);
  EXPECT_EQ(model.state_message(), "");
  EXPECT_EQ(model.precision(), "int8");
  EXPECT_EQ(model.precision_reason(), "as asked");
  EXPECT_EQ(model.architecture(), "resnet18");
  EXPECT_TRUE(model.trained());
  EXPECT_EQ(model.weights_source(), "somewhere");
  EXPECT_EQ(model.weights_licence(), "BSD-3-Clause");
  EXPECT_EQ(model.labels_count(), 1000);
  EXPECT_EQ(model.scores(), Model::SCORES_SOFTMAX);
}

TEST(ModelDescriptionTest, SaysHowAPictureBecomesTheInput) {
  const wanwu::v1::Input input =
      DescribeModel(ReadyEntry(model::Precision::kInt8)).input();

  EXPECT_EQ(input.resize_shorter_side(), 256);
  EXPECT_EQ(input.width(), 224);
  EXPECT_EQ(input.height(), 192);
  EXPECT_EQ(input.divisor(), 128);
  EXPECT_THAT(input.mean(), ElementsAre(0.5f, 0.25f, 0.125f));
  EXPECT_THAT(input.std(), ElementsAre(1, 2, 4));
}

TEST(ModelDescriptionTest, GivesTheMeasuredBatchTimes) {
  const Model model = DescribeModel(ReadyEntry(model::Precision::kInt8));

  ASSERT_EQ(model.batch_times_size(), 2);
  EXPECT_EQ(model.batch_times(1).batch_size(), 2);
  EXPECT_EQ(model.batch_times(1).duration().seconds(), 1);
  EXPECT_EQ(model.batch_times(1).duration().nanos(), 500'250'000);
  EXPECT_EQ(model.batch_size(), 2);
}

TEST(ModelDescriptionTest, GivesTheAccuracyOfThePrecisionThatRuns) {
  const Model model = DescribeModel(ReadyEntry(model::Precision::kInt8));

  EXPECT_EQ(model.accuracy().dataset(), "sample");
  EXPECT_EQ(model.accuracy().images(), 500);
  EXPECT_EQ(model.accuracy().top1(), 0.75f);
  EXPECT_EQ(model.accuracy().top5(), 0.875f);
  EXPECT_EQ(model.accuracy().agreement_with_fp32(), 0.5f);
  EXPECT_EQ(model.accuracy().method(), "two-fold");
}

TEST(ModelDescriptionTest, GivesAgreementAloneWherePicturesHadNoLabels) {
  model::Manifest manifest = SampleManifest();
  manifest.measured->accuracy = {
      {model::Precision::kFp32, {}},
      {model::Precision::kInt8, {.agreement = 0.75}}};

  const Model int8 =
      DescribeModel(ReadyEntry(model::Precision::kInt8, manifest));
  EXPECT_FALSE(int8.accuracy().has_top1());
  EXPECT_FALSE(int8.accuracy().has_top5());
  EXPECT_EQ(int8.accuracy().agreement_with_fp32(), 0.75F);
  EXPECT_FALSE(DescribeModel(ReadyEntry(model::Precision::kFp32, manifest))
                   .has_accuracy());
}

TEST(ModelDescriptionTest, AccuracyThatWasNotMeasuredIsAbsent) {
  EXPECT_FALSE(
      DescribeModel(ReadyEntry(model::Precision::kFp32)).has_accuracy());
}

TEST(ModelDescriptionTest, LoadingModelHasOnlyItsName) {
  const Model model = DescribeModel({.name = "tiny",
                                     .version = 3,
                                     .state = pipeline::ModelState::kLoading,
                                     .message = "",
                                     .model = nullptr});

  EXPECT_EQ(model.name(), "tiny");
  EXPECT_EQ(model.version(), "3");
  EXPECT_EQ(model.state(), Model::STATE_LOADING);
  EXPECT_FALSE(model.has_input());
  EXPECT_EQ(model.precision(), "");
}

TEST(ModelDescriptionTest, FailedModelRefersToTheLogAndNamesNoFile) {
  const Model model = DescribeModel({.name = "tiny",
                                     .version = 3,
                                     .state = pipeline::ModelState::kFailed,
                                     .message = "/models/tiny/3: no such file",
                                     .model = nullptr});

  EXPECT_EQ(model.state(), Model::STATE_FAILED);
  EXPECT_EQ(model.state_message(),
            "could not be loaded; the server's log says why");
}

TEST(ModelDescriptionTest, ReadyModelSaysThatItsNewPackageCannotBeLoaded) {
  pipeline::CatalogEntry entry = ReadyEntry(model::Precision::kInt8);
  entry.message = "/models/tiny/12: sha256 is wrong";

  const Model model = DescribeModel(entry);

  EXPECT_EQ(model.state(), Model::STATE_READY);
  EXPECT_EQ(model.state_message(),
            "its package in the repository could not be loaded; the server's "
            "log says why");
}

// As much as a package may have callers told.
pipeline::CatalogEntry LargestEntry() {
  model::Manifest manifest = SampleManifest();
  const std::string longest(1024, 'x');
  manifest.architecture = longest;
  manifest.source.weights = longest;
  manifest.source.licence = longest;
  manifest.measured->set = longest;
  manifest.measured->accuracy[model::Precision::kInt8].method = longest;
  auto served = std::make_shared<pipeline::ServedModel>(
      model::Package{.directory = {}, .manifest = manifest, .labels = {}},
      model::PrecisionChoice{model::Precision::kInt8, longest},
      std::make_unique<test_support::FakeClassifier>());
  pipeline::CatalogEntry entry = ReadyEntry(model::Precision::kInt8);
  entry.model = std::move(served);
  return entry;
}

TEST(ModelDescriptionTest, ListIsInFullAsLongAsClientsTakeIt) {
  google::protobuf::RepeatedPtrField<Model> models;
  DescribeModels(std::vector<pipeline::CatalogEntry>(400, LargestEntry()),
                 models);

  ASSERT_EQ(models.size(), 400);
  EXPECT_EQ(models[399].weights_source().size(), 1024u);
}

TEST(ModelDescriptionTest, ListTellsLittleOfEachOfTooMany) {
  google::protobuf::RepeatedPtrField<Model> models;
  DescribeModels(std::vector<pipeline::CatalogEntry>(20'000, LargestEntry()),
                 models);

  wanwu::v1::ListModelsResponse response;
  *response.mutable_models() = models;
  EXPECT_LT(response.ByteSizeLong(), size_t{4} << 20);
  ASSERT_EQ(models.size(), 20'000);
  EXPECT_EQ(models[19'999].name(), "tiny");
  EXPECT_EQ(models[19'999].version(), "12");
  EXPECT_EQ(models[19'999].state(), Model::STATE_READY);
  EXPECT_EQ(models[19'999].weights_source(), "");
}

}  // namespace
}  // namespace wanwu::rpc
