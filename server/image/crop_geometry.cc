#include "server/image/crop_geometry.h"

#include <cstdint>

namespace wanwu::image {
namespace {

int LongerSide(int shorter_resized, int longer, int shorter) {
  return static_cast<int>(int64_t{shorter_resized} * longer / shorter);
}

int HalfRoundedToEven(int value) {
  const int half = value / 2;
  return value % 2 == 0 ? half : half + half % 2;
}

}  // namespace

CropGeometry PlanCrop(PictureSize shown, const TensorSpec& spec) {
  CropGeometry crop;
  const int side = spec.resize_shorter_side;
  if (shown.width <= shown.height) {
    crop.resized = {side, LongerSide(side, shown.height, shown.width)};
  } else {
    crop.resized = {LongerSide(side, shown.width, shown.height), side};
  }
  crop.left = HalfRoundedToEven(crop.resized.width - spec.width);
  crop.top = HalfRoundedToEven(crop.resized.height - spec.height);
  return crop;
}

}  // namespace wanwu::image
