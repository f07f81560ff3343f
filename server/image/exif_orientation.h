#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace wanwu::image {

// The orientation tag of an EXIF block: a TIFF structure, with or without the
// prefix "Exif\0\0". Empty if the block is malformed or has no such tag; 0 if
// the tag is there but holds no whole number. Never reads outside `exif`; takes
// time linear in its size.
std::optional<int> ExifOrientationTag(std::span<const uint8_t> exif);

}  // namespace wanwu::image
