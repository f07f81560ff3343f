#include "server/image/crop_resizer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <tuple>
#include <vector>

#include "server/image/crop_geometry.h"

namespace wanwu::image {
namespace {

// A picture held whole, to state what the streaming resizer must give.
struct Raster {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> values;

  Raster(int w, int h)
      : width(w), height(h), values(static_cast<size_t>(w * h * 3)) {}
  uint8_t& at(int x, int y, int c) {
    return values[static_cast<size_t>((y * width + x) * 3 + c)];
  }
};

Raster RandomRaster(int width, int height) {
  std::mt19937 random(7);
  Raster raster(width, height);
  for (uint8_t& value : raster.values) value = static_cast<uint8_t>(random());
  return raster;
}

struct Position {
  int x;
  int y;
};

// Where the shown pixel (x, y) is stored, as EXIF defines the eight values.
Position StoredAt(Position shown, PictureSize stored, int orientation) {
  const int right = stored.width - 1;
  const int bottom = stored.height - 1;
  switch (orientation) {
    case 2:
      return {right - shown.x, shown.y};
    case 3:
      return {right - shown.x, bottom - shown.y};
    case 4:
      return {shown.x, bottom - shown.y};
    case 5:
      return {shown.y, shown.x};
    case 6:
      return {shown.y, bottom - shown.x};
    case 7:
      return {right - shown.y, bottom - shown.x};
    case 8:
      return {right - shown.y, shown.x};
    default:
      return shown;
  }
}

Raster Turn(Raster stored, int orientation) {
  const bool swaps = orientation >= 5;
  Raster shown(swaps ? stored.height : stored.width,
               swaps ? stored.width : stored.height);
  const PictureSize size{stored.width, stored.height};
  for (int y = 0; y < shown.height; ++y) {
    for (int x = 0; x < shown.width; ++x) {
      const Position from = StoredAt({x, y}, size, orientation);
      for (int c = 0; c < 3; ++c) {
        shown.at(x, y, c) = stored.at(from.x, from.y, c);
      }
    }
  }
  return shown;
}

Raster Transpose(const Raster& raster) { return Turn(raster, 5); }

Raster ResizeRows(Raster raster, const AxisKernel& kernel) {
  Raster out(kernel.size(), raster.height);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width * 3; ++x) {
      const AxisKernel::Taps taps = kernel.taps(x / 3);
      int32_t sum = kRoundingHalf;
      for (size_t t = 0; t < taps.weights.size(); ++t) {
        sum += raster.at(taps.first + static_cast<int>(t), y, x % 3) *
               taps.weights[t];
      }
      out.at(x / 3, y, x % 3) = ClampToByte(sum);
    }
  }
  return out;
}

std::vector<uint8_t> TurnResizeCrop(const Raster& stored, int orientation,
                                    const TensorSpec& spec) {
  const Raster shown = Turn(stored, orientation);
  const CropGeometry crop = PlanCrop({shown.width, shown.height}, spec);
  const AxisKernel across(
      {shown.width, crop.resized.width, crop.left, spec.width});
  const AxisKernel down(
      {shown.height, crop.resized.height, crop.top, spec.height});
  return Transpose(ResizeRows(Transpose(ResizeRows(shown, across)), down))
      .values;
}

using Parameters = std::tuple<int, PictureSize>;

class CropResizerOf : public ::testing::TestWithParam<Parameters> {};

TEST_P(CropResizerOf, EqualsTurningThenResizingThenCropping) {
  const auto [orientation, size] = GetParam();
  const TensorSpec spec{.resize_shorter_side = 32, .width = 28, .height = 20};
  const Raster stored = RandomRaster(size.width, size.height);
  CropResizer resizer({size, size, OrientationFromTag(orientation)}, spec);
  const PixelRegion needed = resizer.needed();
  for (int y = needed.top; y < needed.bottom; ++y) {
    resizer.PushRow(stored.values.data() + (y * size.width + needed.left) * 3);
  }
  const PixelTensor tensor = resizer.TakeTensor();
  EXPECT_EQ(tensor.width, spec.width);
  EXPECT_EQ(tensor.height, spec.height);
  EXPECT_EQ(tensor.values, TurnResizeCrop(stored, orientation, spec));
}

INSTANTIATE_TEST_SUITE_P(
    OrientationsAndSizes, CropResizerOf,
    ::testing::Combine(::testing::Range(1, 9),
                       ::testing::Values(PictureSize{1, 1}, PictureSize{2, 1},
                                         PictureSize{1, 3}, PictureSize{2, 90},
                                         PictureSize{32, 32},
                                         PictureSize{33, 47},
                                         PictureSize{150, 91},
                                         PictureSize{40, 301})));

}  // namespace
}  // namespace wanwu::image
