#pragma once

namespace wanwu::image {

// Decoders whose speed differs: what is observed of one tells nothing of
// another.
enum class DecodeKind {
  kJpegBaseline,
  kJpegMultiScan,
  kJpegArithmetic,
  kPng,
  kWebpLossy,
  kWebpLossless,
  // Not encoded.
  kPixels,
  kNormalised,
};
inline constexpr int kDecodeKindCount = 8;

}  // namespace wanwu::image
