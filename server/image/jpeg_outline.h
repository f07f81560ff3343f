#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "server/image/byte_chain.h"
#include "server/image/picture_outline.h"

namespace wanwu::image {

// The largest factors of any component.
JpegOutline::Sampling MostSampling(const JpegOutline& jpeg);

// Blocks of 8 x 8 samples of all components, each padded to whole MCUs.
int64_t CountBlocks(const JpegOutline& jpeg);

// Of a file that begins as a JPEG, from its markers up to the first scan.
// Errors as ReadOutline's.
[[nodiscard]] absl::StatusOr<PictureOutline> ReadJpegOutline(
    const ByteChain& encoded, OutlineEffort effort);

}  // namespace wanwu::image
