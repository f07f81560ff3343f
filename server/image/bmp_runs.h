#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "server/image/stop_check.h"

namespace wanwu::image {

// A BMP's pixels in runs (BI_RLE8 and BI_RLE4).
struct BmpRuns {
  size_t width = 0;          // Of a row, in pixels.
  bool has_nibbles = false;  // Two pixels in a byte.
  std::span<const uint8_t> file;
  size_t begin = 0;  // Within the file.
};

// Fills all of `pixels`, a number in each byte, in the file's order. A run ends
// with its row, pixels that are written one by one do not, and what is left
// out is 0, all as in the reference; a file that says too little is refused.
[[nodiscard]] absl::Status UnpackBmpRuns(const BmpRuns& runs,
                                         std::span<uint8_t> pixels,
                                         const StopCheck& should_stop);

}  // namespace wanwu::image
