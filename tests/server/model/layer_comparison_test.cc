#include "server/model/torchscript/layer_comparison.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/torch_fixture.h"

namespace wanwu::model {
namespace {

absl::StatusOr<LayerComparison> CompareTestModel(const std::string& name,
                                                 Precision precision) {
  const absl::StatusOr<Package> package =
      LoadPackage(TestPackages() / "models" / name / "1");
  if (!package.ok()) return package.status();
  return CompareLayers(*package, precision, PatternPicture(3));
}

struct Case {
  Precision precision;
  // Of a layer's differences in its values, by root mean squares.
  double tolerance;
};

class LayerComparisonTest : public ::testing::TestWithParam<Case> {};

TEST_P(LayerComparisonTest, EveryLayerIsCloseToLibtorchs) {
  const auto [precision, tolerance] = GetParam();
  if (precision == Precision::kBf16 && !CpuRunsBf16()) {
    GTEST_SKIP() << "oneDNN has no bf16 for this CPU";
  }

  const auto [operators, layers] = CompareTestModel("tiny", precision).value();

  // libtorch runs the head of a network that has it in bytes.
  EXPECT_EQ(operators.own,
            operators.all - (precision == Precision::kInt8 ? 2 : 0));
  // Stem, depthwise, pointwise with its sum, last.
  ASSERT_EQ(layers.size(), 4U);
  EXPECT_EQ(layers.front().channels, 16);
  EXPECT_EQ(layers.front().height, 56);
  for (const LayerDifference& layer : layers) {
    EXPECT_GT(layer.reference_rms, 0) << layer.name;
    EXPECT_LE(layer.difference_rms, tolerance * layer.reference_rms)
        << layer.name;
  }
}

// int8 rounds to steps of 1/255 of the largest value, which may be ten times
// the root mean square.
INSTANTIATE_TEST_SUITE_P(Precisions, LayerComparisonTest,
                         ::testing::Values(Case{Precision::kFp32, 1e-5},
                                           Case{Precision::kBf16, 0.01},
                                           Case{Precision::kInt8, 0.04}),
                         [](const auto& the_case) {
                           return std::string(
                               PrecisionName(the_case.param.precision));
                         });

TEST(LayerComparisonMixedTest, NetworkWithFloatsAndBytesIsCloseToLibtorchs) {
  const auto [operators, layers] =
      CompareTestModel("mixed", Precision::kInt8).value();

  EXPECT_EQ(operators.own, operators.all);
  // From bytes, stem, to bytes, padded depthwise, pointwise with its sum.
  ASSERT_EQ(layers.size(), 5U);
  EXPECT_EQ(layers[3].height, 28);
  for (const LayerDifference& layer : layers) {
    EXPECT_GT(layer.reference_rms, 0) << layer.name;
    EXPECT_LE(layer.difference_rms, 0.04 * layer.reference_rms) << layer.name;
  }
}

TEST(LayerComparisonFailureTest, NetworkThatNoTrunkHoldsIsUnimplemented) {
  EXPECT_EQ(CompareTestModel("raising", Precision::kFp32).status().code(),
            absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace wanwu::model
