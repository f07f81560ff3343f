#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "server/image/byte_chain.h"
#include "server/image/picture_outline.h"

namespace wanwu::image {

// As ReadOutline, without the checks against limits. Of the primary item, from
// what the file's boxes say of it; CheckCodedPictures compares that with the
// data.
[[nodiscard]] absl::StatusOr<PictureOutline> ReadHeifOutline(
    const ByteChain& encoded, HeifOutline::Codec codec);

// The content of the file's meta box. Empty: there is none, or it is larger
// than any.
std::vector<uint8_t> ReadHeifMeta(const ByteChain& encoded);

}  // namespace wanwu::image
