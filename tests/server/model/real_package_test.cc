// Over the packages of $WANWU_MODELS_DIR; skipped by name where there are none.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/model/model_repository.h"
#include "server/model/package.h"
#include "server/model/top_k.h"
#include "server/model/torchscript/torch_classifier.h"
#include "tests/server/model/torch_fixture.h"

namespace wanwu::model {
namespace {

constexpr float kProbabilityTolerance = 1e-3F;

std::optional<PackageLocation> NewestVersion(const std::string& name) {
  const char* directory = std::getenv("WANWU_MODELS_DIR");
  if (directory == nullptr) return {};
  const absl::StatusOr<RepositoryListing> listing =
      ScanModelRepository(directory);
  if (!listing.ok()) return {};
  for (const PackageLocation& package : listing->packages) {
    if (package.name == name) return package;
  }
  return {};
}

std::vector<float> Probabilities(const std::vector<float>& logits) {
  const std::vector<ScoredClass> classes =
      TopK(logits, static_cast<int>(logits.size())).value();
  std::vector<float> probabilities(logits.size());
  for (const ScoredClass& entry : classes) {
    probabilities[static_cast<size_t>(entry.index)] = entry.probability;
  }
  return probabilities;
}

struct RealModel {
  std::string name;
  Precision precision;
};

class RealPackageTest : public ::testing::TestWithParam<RealModel> {
 protected:
  void SetUp() override {
    const std::optional<PackageLocation> location =
        NewestVersion(GetParam().name);
    if (!location) {
      GTEST_SKIP() << "no package " << GetParam().name
                   << " in $WANWU_MODELS_DIR";
    }
    const absl::StatusOr<Package> package = LoadPackage(location->directory);
    ASSERT_TRUE(package.ok()) << package.status();
    if (!package->manifest.precisions.contains(GetParam().precision)) {
      GTEST_SKIP() << GetParam().name << " has no "
                   << PrecisionName(GetParam().precision);
    }
    absl::StatusOr<std::unique_ptr<Classifier>> classifier =
        LoadTorchClassifier(*package, GetParam().precision);
    ASSERT_TRUE(classifier.ok()) << classifier.status();
    classifier_ = *std::move(classifier);
  }

  void ExpectAlike(const std::vector<float>& a, const std::vector<float>& b) {
    EXPECT_THAT(Probabilities(a),
                testing::Pointwise(testing::FloatNear(kProbabilityTolerance),
                                   Probabilities(b)));
  }

  std::unique_ptr<Classifier> classifier_;
};

TEST_P(RealPackageTest, AnswersDoNotDependOnBatchMates) {
  const auto replica = classifier_->NewReplica().value();
  const std::vector<int> seeds = {5, 0, 3, 3, 7, 1, 6, 2};

  for (const size_t size : {2, 3, 5, 8}) {
    const std::vector<int> batch(seeds.begin(),
                                 seeds.begin() + static_cast<int>(size));
    const auto together =
        ClassifyPatterns(*classifier_, *replica, batch).value();
    for (size_t i = 0; i < size; ++i) {
      ExpectAlike(
          together[i],
          ClassifyPatterns(*classifier_, *replica, {batch[i]}).value()[0]);
    }
  }
}

TEST_P(RealPackageTest, ConcurrentLanesGetTheSameAnswersAsOne) {
  const auto replica = classifier_->NewReplica().value();
  std::vector<std::vector<float>> alone;
  for (int seed = 0; seed < 8; ++seed) {
    alone.push_back(
        ClassifyPatterns(*classifier_, *replica, {seed}).value()[0]);
  }

  std::vector<std::thread> lanes;
  for (int lane = 0; lane < 2; ++lane) {
    lanes.emplace_back([&, lane] {
      PrepareLaneThread(1);
      const auto own = classifier_->NewReplica().value();
      for (int i = 0; i < 16; ++i) {
        const int first = (i + 3 * lane) % 8;
        std::vector<int> batch = {first};
        if (i % 2 == 1) batch.push_back((first + 1) % 8);
        const auto rows = ClassifyPatterns(*classifier_, *own, batch).value();
        for (size_t row = 0; row < rows.size(); ++row) {
          ExpectAlike(rows[row], alone[static_cast<size_t>(batch[row])]);
        }
      }
    });
  }
  for (std::thread& lane : lanes) lane.join();
}

INSTANTIATE_TEST_SUITE_P(
    Packages, RealPackageTest,
    ::testing::Values(RealModel{"resnet18", Precision::kFp32},
                      RealModel{"resnet18", Precision::kInt8},
                      RealModel{"efficientnet_lite0", Precision::kFp32},
                      RealModel{"efficientnet_lite0", Precision::kInt8}),
    [](const auto& model) {
      return model.param.name + "_" +
             std::string(PrecisionName(model.param.precision));
    });

}  // namespace
}  // namespace wanwu::model
