#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <variant>

#include "absl/status/statusor.h"
#include "server/image/byte_chain.h"
#include "server/image/decode_kind.h"
#include "server/image/image_limits.h"
#include "server/image/pixel_tensor.h"

namespace wanwu::image {

// What of a picture's header decides how it is decoded and what that costs.

struct JpegOutline {
  struct Sampling {
    int horizontal = 1;
    int vertical = 1;
  };

  PictureSize size;
  int components = 3;  // 1, 3 or 4.
  std::array<Sampling, 4> sampling;
  bool is_arithmetic = false;
  bool is_progressive = false;
  // Progressive, or each scan has some of the components only: all
  // coefficients are kept until the last scan has been read.
  bool is_multi_scan = false;
  size_t data_bytes = 0;  // From the first scan to the end of the file.
};

struct PngOutline {
  PictureSize size;
  int bits_per_pixel = 24;  // As stored.
  bool is_interlaced = false;
  size_t file_bytes = 0;
};

struct WebpOutline {
  PictureSize size;
  // The first frame, which need not fill the picture.
  PictureSize frame;
  bool is_lossless = false;
  size_t frame_bytes = 0;
  // Of the alpha plane beside a lossy frame; zero: there is none.
  size_t alpha_bytes = 0;
  // Chunks of the file; an upper bound if there are many.
  size_t chunks = 0;
  // Of the copy that a file in several pieces needs.
  size_t flattened_bytes = 0;
};

using PictureOutline = std::variant<JpegOutline, PngOutline, WebpOutline>;

PictureSize SizeOf(const PictureOutline& outline);

DecodeKind KindOf(const PictureOutline& outline);

// How far into the file to look for the picture.
enum class OutlineEffort {
  kBounded,    // A fixed number of steps; see OUT_OF_RANGE.
  kUnbounded,  // As far as it takes.
};

// Finds out what the file holds, from its header, without the codec libraries,
// and checks that against the limits. Refuses with a reason what is empty,
// unsupported, too large or has no sound header. OUT_OF_RANGE, without a
// reason: the effort did not suffice.
[[nodiscard]] absl::StatusOr<PictureOutline> ReadOutline(
    const ByteChain& encoded, const TensorSpec& spec, const ImageLimits& limits,
    OutlineEffort effort);

}  // namespace wanwu::image
