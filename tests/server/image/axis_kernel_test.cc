#include "server/image/axis_kernel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace wanwu::image {
namespace {

constexpr int32_t kOne = 1 << AxisKernel::kFractionBits;

std::vector<int32_t> Weights(const AxisKernel& kernel, int index) {
  const AxisKernel::Taps taps = kernel.taps(index);
  return {taps.weights.begin(), taps.weights.end()};
}

TEST(AxisKernel, SameLengthCopiesEachPixel) {
  const AxisKernel kernel({.source_length = 256,
                           .resized_length = 256,
                           .crop_begin = 16,
                           .crop_length = 224});
  ASSERT_EQ(kernel.size(), 224);
  for (int i = 0; i < kernel.size(); ++i) {
    EXPECT_EQ(kernel.taps(i).first, 16 + i);
    EXPECT_EQ(Weights(kernel, i), (std::vector<int32_t>{kOne, 0}));
  }
}

TEST(AxisKernel, HalvingWeighsFourPixelsAsATriangle) {
  const AxisKernel kernel({.source_length = 8,
                           .resized_length = 4,
                           .crop_begin = 1,
                           .crop_length = 1});
  EXPECT_EQ(kernel.taps(0).first, 1);
  EXPECT_EQ(Weights(kernel, 0), (std::vector<int32_t>{kOne / 8, 3 * kOne / 8,
                                                      3 * kOne / 8, kOne / 8}));
}

TEST(AxisKernel, DoublingWeighsTwoNeighbours) {
  const AxisKernel kernel({.source_length = 4,
                           .resized_length = 8,
                           .crop_begin = 3,
                           .crop_length = 1});
  EXPECT_EQ(kernel.taps(0).first, 1);
  EXPECT_EQ(Weights(kernel, 0), (std::vector<int32_t>{3 * kOne / 4, kOne / 4}));
}

TEST(AxisKernel, EdgeRedistributesWhatFallsOutside) {
  const AxisKernel kernel({.source_length = 4,
                           .resized_length = 8,
                           .crop_begin = 0,
                           .crop_length = 1});
  EXPECT_EQ(kernel.taps(0).first, 0);
  EXPECT_EQ(Weights(kernel, 0), (std::vector<int32_t>{kOne}));
}

struct Lengths {
  int source;
  int resized;
};

class AxisKernelOf : public ::testing::TestWithParam<Lengths> {};

TEST_P(AxisKernelOf, WeightsSumToOneAndStayInside) {
  const auto [source, resized] = GetParam();
  const AxisKernel kernel({.source_length = source,
                           .resized_length = resized,
                           .crop_begin = (resized - 224) / 2,
                           .crop_length = 224});
  for (int i = 0; i < kernel.size(); ++i) {
    const AxisKernel::Taps taps = kernel.taps(i);
    const int64_t sum =
        std::accumulate(taps.weights.begin(), taps.weights.end(), int64_t{0});
    EXPECT_NEAR(static_cast<double>(sum), kOne,
                static_cast<double>(taps.weights.size()));
    EXPECT_GE(taps.first, kernel.source_begin());
    EXPECT_LE(taps.end(), kernel.source_end());
    EXPECT_LE(taps.end(), source);
    EXPECT_LE(static_cast<int>(taps.weights.size()), kernel.max_taps());
  }
}

TEST_P(AxisKernelOf, MirroredEqualsForwardOverTheReversedSource) {
  const auto [source, resized] = GetParam();
  AxisGeometry geometry{source, resized, (resized - 224) / 2, 224,
                        AxisDirection::kForward};
  const AxisKernel forward(geometry);
  geometry.direction = AxisDirection::kMirrored;
  const AxisKernel mirrored(geometry);
  for (int i = 0; i < forward.size(); ++i) {
    std::vector<int32_t> reversed = Weights(mirrored, i);
    std::reverse(reversed.begin(), reversed.end());
    EXPECT_EQ(reversed, Weights(forward, i));
    EXPECT_EQ(mirrored.taps(i).first, source - forward.taps(i).end());
  }
}

INSTANTIATE_TEST_SUITE_P(Scales, AxisKernelOf,
                         ::testing::Values(Lengths{1, 256}, Lengths{2, 256},
                                           Lengths{255, 256}, Lengths{257, 256},
                                           Lengths{500, 341},
                                           Lengths{7071, 256},
                                           Lengths{65500, 25600}));

TEST(ClampToByte, RoundsAndClamps) {
  EXPECT_EQ(ClampToByte(kRoundingHalf), 0);
  EXPECT_EQ(ClampToByte(kRoundingHalf + kOne / 2), 1);
  EXPECT_EQ(ClampToByte(kRoundingHalf + kOne / 2 - 1), 0);
  EXPECT_EQ(ClampToByte(-kOne), 0);
  EXPECT_EQ(ClampToByte(255 * kOne + kRoundingHalf + kOne), 255);
}

}  // namespace
}  // namespace wanwu::image
