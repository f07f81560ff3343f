#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "server/image/byte_chain.h"

namespace wanwu::image {

enum class ImageFormat {
  kJpeg,
  kPng,
  kWebp,
  kGif,
  kBmp,
  kTiff,
  kAvif,
  kHeic,
  kUnsupported
};
inline constexpr int kImageFormatCount = 8;

// By the enum's values.
using FormatSet = std::bitset<kImageFormatCount>;
inline constexpr FormatSet kAllFormats = (1u << kImageFormatCount) - 1;

// As options name it: "jpeg", "heic". Empty for any other name.
std::optional<ImageFormat> FormatFromName(std::string_view name);

// As FormatFromName knows them: "jpeg,png,webp".
std::string OptionOf(FormatSet formats);

// For people: "JPEG, PNG and WebP".
std::string NamesOf(FormatSet formats);

struct SniffedFormat {
  ImageFormat format = ImageFormat::kUnsupported;
  // What the bytes look like, for people: "JPEG", "an HTML page, not a
  // picture" and so on.
  std::string_view name;
};

// Judges by the first bytes alone; that a file is sound is for its decoder to
// say.
SniffedFormat SniffFormat(const ByteChain& encoded);

}  // namespace wanwu::image
