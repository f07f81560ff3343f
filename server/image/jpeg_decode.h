#pragma once

namespace wanwu::image {

enum class JpegDecode {
  // The pixels of the reference.
  kExact,
  // A JPEG at least twice as large as needed is decoded at a half, a quarter or
  // an eighth of its size, but to no less than twice what is needed. Other
  // pixels, near those of the reference.
  kFast,
};

}  // namespace wanwu::image
