#pragma once

#include <chrono>

#include "server/image/jpeg_decode.h"
#include "server/image/picture_outline.h"
#include "server/image/pixel_tensor.h"

namespace wanwu::image {

// CPU time of decoding and resizing the picture on the machine that the
// constants were measured on.
std::chrono::nanoseconds DecodeTime(const PictureOutline& outline,
                                    const TensorSpec& spec, JpegDecode decode);

}  // namespace wanwu::image
