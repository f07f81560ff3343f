#include "server/image/picture_probe.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "server/errors/service_error.h"
#include "server/image/decode_memory.h"
#include "server/image/decode_time.h"
#include "server/image/image_error.h"
#include "server/image/image_format.h"
#include "server/image/picture_outline.h"

namespace wanwu::image {
namespace {

// The costliest picture of the file's format that the limits allow.
PictureOutline Costliest(const ByteChain& encoded, const ImageLimits& limits) {
  const auto most_pixels =
      static_cast<double>(MostPixels(DecodeKind::kJpegMultiScan, limits));
  const int side = std::max(1, static_cast<int>(std::sqrt(most_pixels)));
  const PictureSize square{side, side};
  const ImageFormat format = SniffFormat(encoded).format;
  if (format == ImageFormat::kGif) {
    return GifOutline{.size = square,
                      .frame = square,
                      .is_interlaced = true,
                      .file_bytes = encoded.size()};
  }
  if (format == ImageFormat::kWebp) {
    return WebpOutline{.size = square,
                       .frame = square,
                       .frame_bytes = encoded.size(),
                       .alpha_bytes = encoded.size(),
                       .flattened_bytes = encoded.size()};
  }
  return JpegOutline{.size = square,
                     .components = 4,
                     .sampling = {},
                     .is_progressive = true,
                     .is_multi_scan = true,
                     .data_bytes = encoded.size()};
}

absl::StatusOr<PictureProbe> Probe(const ByteChain& encoded,
                                   const TensorSpec& spec,
                                   const DecodeOptions& options) {
  const ImageLimits& limits = options.limits;
  absl::StatusOr<PictureOutline> outline =
      ReadOutline(encoded, spec, limits, OutlineEffort::kBounded);
  if (absl::IsOutOfRange(outline.status()))
    outline = Costliest(encoded, limits);
  if (!outline.ok()) return outline.status();
  return PictureProbe{
      .kind = KindOf(*outline),
      .size = SizeOf(*outline),
      .decoder_bytes =
          std::min(DecoderBytes(*outline, spec), limits.max_decoder_bytes),
      .decode_time = DecodeTime(*outline, spec, options.jpeg_decode)};
}

}  // namespace

absl::StatusOr<PictureProbe> ProbePicture(const ByteChain& encoded,
                                          const TensorSpec& spec,
                                          const DecodeOptions& options) {
  try {
    return Probe(encoded, spec, options);
  } catch (const std::bad_alloc&) {
    return errors::OutOfMemory();
  }
}

}  // namespace wanwu::image
