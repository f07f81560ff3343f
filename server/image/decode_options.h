#pragma once

#include "server/image/image_limits.h"
#include "server/image/jpeg_decode.h"

namespace wanwu::image {

enum class ExifOrientation { kApply, kIgnore };

// Where the reference, too, shows a picture that is damaged.
enum class DamagedPictures { kAccept, kRefuse };

struct DecodeOptions {
  ImageLimits limits = {};
  ExifOrientation exif_orientation = ExifOrientation::kApply;
  JpegDecode jpeg_decode = JpegDecode::kExact;
  DamagedPictures damaged = DamagedPictures::kAccept;
};

}  // namespace wanwu::image
