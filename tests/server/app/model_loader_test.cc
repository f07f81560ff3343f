#include "server/app/model_loader.h"

#include <sstream>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/package_fixture.h"
#include "tests/server/pipeline/pipeline_rig.h"
#include "tests/support/fake_classifier.h"

namespace wanwu::app {
namespace {

using model::Precision;
using model::PrecisionRequest;
using ::testing::HasSubstr;

// A package with fp32 alone, whose bf16 was measured to agree, on a CPU that
// has it; but its network cannot run in bf16.
class NoBf16Test : public ::testing::Test {
 protected:
  NoBf16Test() {
    nlohmann::json manifest = model::TinyManifest();
    manifest["precisions"].erase("int8");
    manifest["measured"]["bf16"] = {
        {"top1", 0.7}, {"top5", 0.9}, {"agreement", 0.99}};
    location_ = {"tiny", 7,
                 model::WriteTinyPackage(repository_.path(), manifest)};
  }

  absl::StatusOr<ModelLoader::Loaded> Load(PrecisionRequest precision) {
    ModelLoader loader({.precision = precision,
                        .build = "test",
                        .cpu = {"a CPU", {"avx512_bf16"}},
                        .load_classifier = FakeUnlessBf16},
                       rig_.pipeline(), catalog_, store_, log_);
    return loader.Load(location_);
  }

 private:
  static absl::StatusOr<std::unique_ptr<model::Classifier>> FakeUnlessBf16(
      const model::Package&, Precision precision) {
    if (precision == Precision::kBf16) {
      return absl::UnimplementedError("no trunk");
    }
    return std::make_unique<test_support::FakeClassifier>();
  }

  const model::TemporaryDirectory repository_;
  model::PackageLocation location_;
  pipeline::PipelineRig rig_;
  pipeline::ModelCatalog catalog_{"tiny"};
  model::BatchTimeStore store_{""};
  std::ostringstream lines_;
  logging::Logger log_{{}, lines_};
};

TEST_F(NoBf16Test, AutoTakesFp32AndSaysWhy) {
  const auto loaded = Load(PrecisionRequest::kAuto);

  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->model->precision().precision, Precision::kFp32);
  EXPECT_EQ(loaded->model->precision().reason, "bf16 is not for this network");
}

TEST_F(NoBf16Test, AskedForItIsAnError) {
  EXPECT_THAT(std::string(Load(PrecisionRequest::kBf16).status().message()),
              HasSubstr("no trunk"));
}

}  // namespace
}  // namespace wanwu::app
