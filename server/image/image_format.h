#pragma once

#include <string_view>

#include "server/image/byte_chain.h"

namespace wanwu::image {

enum class ImageFormat { kJpeg, kPng, kWebp, kUnsupported };

struct SniffedFormat {
  ImageFormat format = ImageFormat::kUnsupported;
  // What the bytes look like, for people: "JPEG", "GIF", "HTML" and so on.
  std::string_view name;
};

// Judges by the first bytes alone; that a file is sound is for its decoder to
// say.
SniffedFormat SniffFormat(const ByteChain& encoded);

}  // namespace wanwu::image
