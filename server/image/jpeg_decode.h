#pragma once

namespace wanwu::image {

enum class JpegDecode {
  // The pixels of the reference.
  kExact,
  // A JPEG whose shorter side is at least four times what it is resized to is
  // decoded at a half, a quarter or an eighth of its size, to no less than
  // twice what it is resized to. Other pixels, near those of the reference.
  kFast,
};

}  // namespace wanwu::image
