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
  kGif,
  kBmp,
  kTiff,
  kAvif,
  kHeic,
  // Not encoded.
  kPixels,
  kNormalised,
};
inline constexpr int kDecodeKindCount = 13;

}  // namespace wanwu::image
