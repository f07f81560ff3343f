#pragma once

#include "server/image/image_limits.h"
#include "server/image/pixel_tensor.h"

namespace wanwu::image {

// The shown (oriented) picture resized so that its shorter side has the spec's
// length, and where the spec's centre crop lies in it. In pixels.
struct CropGeometry {
  PictureSize resized;
  int left = 0;
  int top = 0;
};

// torchvision's rounding: the longer side is cut to a whole pixel, the crop's
// corner is rounded half to even. `shown` has both sides positive.
CropGeometry PlanCrop(PictureSize shown, const TensorSpec& spec);

}  // namespace wanwu::image
