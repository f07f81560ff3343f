#pragma once

#include "absl/status/statusor.h"
#include "server/image/byte_chain.h"
#include "server/image/picture_outline.h"

namespace wanwu::image {

// Of a file that begins as a WebP, from its chunks. Errors as ReadOutline's.
[[nodiscard]] absl::StatusOr<PictureOutline> ReadWebpOutline(
    const ByteChain& encoded, OutlineEffort effort);

}  // namespace wanwu::image
