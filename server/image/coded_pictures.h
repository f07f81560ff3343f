#pragma once

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "server/image/image_limits.h"
#include "server/image/picture_outline.h"

namespace wanwu::image {

// What libavif or libheif would decode of the file, before they do: the
// primary item, its tiles and what belongs to it (alpha). Their codecs allocate
// by what the coded data says, and decode as many pictures as stand in it; so
// each item must be no larger than the limits allow and hold one picture (AV1:
// four, for its layers), and all of them together no more than three times the
// limit's pixels. Takes time linear in the file's size and in the number of
// items. Unsupported or broken files are refused as ReadOutline does.
[[nodiscard]] absl::Status CheckCodedPictures(std::span<const uint8_t> encoded,
                                              HeifOutline::Codec codec,
                                              const ImageLimits& limits);

}  // namespace wanwu::image
