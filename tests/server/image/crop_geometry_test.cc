#include "server/image/crop_geometry.h"

#include <gtest/gtest.h>

namespace wanwu::image {
namespace {

struct Case {
  PictureSize shown;
  PictureSize resized;
  int left;
  int top;
};

class PlanCropOf : public ::testing::TestWithParam<Case> {};

// Expected values are torchvision 0.14.1's.
TEST_P(PlanCropOf, RoundsAsTorchvision) {
  const Case& expected = GetParam();
  const CropGeometry crop = PlanCrop(expected.shown, TensorSpec{});
  EXPECT_EQ(crop.resized.width, expected.resized.width);
  EXPECT_EQ(crop.resized.height, expected.resized.height);
  EXPECT_EQ(crop.left, expected.left);
  EXPECT_EQ(crop.top, expected.top);
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, PlanCropOf,
    ::testing::Values(Case{{500, 375}, {341, 256}, 58, 16},
                      Case{{375, 500}, {256, 341}, 16, 58},
                      Case{{256, 256}, {256, 256}, 16, 16},
                      Case{{1, 1}, {256, 256}, 16, 16},
                      Case{{257, 256}, {257, 256}, 16, 16},
                      Case{{259, 256}, {259, 256}, 18, 16},
                      Case{{65500, 655}, {25600, 256}, 12688, 16}));

}  // namespace
}  // namespace wanwu::image
