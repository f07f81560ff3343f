#pragma once

#include "server/image/jpeg_decode.h"
#include "server/image/pixel_tensor.h"

namespace wanwu::image {

// In pixels; for a JPEG that is never decoded at less than its size.
inline constexpr int kNeverReduce = 0;

// How short the shorter side of a reduced picture may be.
int LeastShorterSide(const TensorSpec& spec, JpegDecode decode);

// At how many eighths of its size a JPEG is decoded: the least of 1, 2 and 4 at
// which its shorter side is no less than least_shorter_side, else 8.
// most_sampling is the largest of its sampling factors.
unsigned EighthsToDecode(int shorter_side, int most_sampling,
                         int least_shorter_side);

}  // namespace wanwu::image
