#pragma once

#include <cstdint>

#include "server/image/picture_outline.h"
#include "server/image/pixel_tensor.h"

namespace wanwu::image {

// The most bytes that decoding the picture holds at once beside its encoded
// bytes and the tensor.
int64_t DecoderBytes(const PictureOutline& outline, const TensorSpec& spec);

}  // namespace wanwu::image
