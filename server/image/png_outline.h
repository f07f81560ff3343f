#pragma once

#include "absl/status/statusor.h"
#include "server/image/byte_chain.h"
#include "server/image/picture_outline.h"

namespace wanwu::image {

// Of a file that begins as a PNG. IMAGE_DECODE_FAILED for one that does not go
// on with a sound header chunk. What comes after that is not looked at.
[[nodiscard]] absl::StatusOr<PictureOutline> ReadPngOutline(
    const ByteChain& encoded);

}  // namespace wanwu::image
