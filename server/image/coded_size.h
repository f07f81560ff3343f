#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "server/image/image_limits.h"

namespace wanwu::image {

// The largest picture that a codec's parameters announce. Its decoder
// allocates and works by this, whatever the file's boxes say.

// Of an HEVC sequence parameter set, its two bytes of NAL header included.
std::optional<PictureSize> HevcCodedSize(std::span<const uint8_t> unit);

// Of an AV1 sequence header, without the header of its OBU.
std::optional<PictureSize> Av1CodedSize(std::span<const uint8_t> header);

}  // namespace wanwu::image
