#pragma once

#include <chrono>
#include <cstdint>

#include "absl/status/statusor.h"
#include "server/image/byte_chain.h"
#include "server/image/decode_kind.h"
#include "server/image/decode_options.h"
#include "server/image/image_limits.h"
#include "server/image/pixel_tensor.h"

namespace wanwu::image {

// What decoding a picture will cost, as far as its header tells.
struct PictureProbe {
  DecodeKind kind = DecodeKind::kJpegBaseline;
  // As stored: before any EXIF orientation.
  PictureSize size;
  // The most bytes that decoding holds beside the encoded picture and the
  // tensor.
  int64_t decoder_bytes = 0;
  // CPU time of decoding and resizing on the machine that decode_time.cc was
  // measured on. Callers correct it by what they observe.
  std::chrono::nanoseconds decode_time{0};
};

// Reads the header only, in time and memory that do not grow with the file: at
// most a fixed number of segments or chunks. A file with more of them before
// its picture counts as the costliest one that the limits allow.
//
// Errors are DecodePicture's. What is refused here is refused there for the
// same reason; what is accepted here may still turn out to be broken there.
//
// Thread-safe: no shared state.
[[nodiscard]] absl::StatusOr<PictureProbe> ProbePicture(
    const ByteChain& encoded, const TensorSpec& spec,
    const DecodeOptions& options);

}  // namespace wanwu::image
