#pragma once

#include "server/image/image_limits.h"
#include "server/image/jpeg_decode.h"

namespace wanwu::image {

enum class ExifOrientation { kApply, kIgnore };

struct DecodeOptions {
  ImageLimits limits = {};
  ExifOrientation exif_orientation = ExifOrientation::kApply;
  JpegDecode jpeg_decode = JpegDecode::kExact;
};

}  // namespace wanwu::image
