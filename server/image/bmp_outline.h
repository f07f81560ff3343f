#pragma once

#include "absl/status/statusor.h"
#include "server/image/byte_chain.h"
#include "server/image/picture_outline.h"

namespace wanwu::image {

// As ReadOutline, without the checks against limits.
[[nodiscard]] absl::StatusOr<PictureOutline> ReadBmpOutline(
    const ByteChain& encoded);

}  // namespace wanwu::image
