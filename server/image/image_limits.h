#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "server/image/decode_kind.h"
#include "server/image/image_format.h"

namespace wanwu::image {

// What one picture may be, and cost at most. Everything that can be known from
// the header is checked before anything is allocated for pixels.
struct ImageLimits {
  FormatSet formats = kAllFormats;
  size_t max_encoded_bytes = 16 * 1024 * 1024;
  int64_t max_pixels = 220'000'000;
  // Of all but baseline JPEGs, which are decoded by rows, in about a megabyte,
  // and fastest. "64 megapixel" phones make up to 9280 x 6944.
  int64_t max_non_baseline_pixels = 64'500'000;
  // Longer side over shorter side. Bounds what a resize of the shorter side
  // makes of a picture that is one pixel wide.
  int max_aspect_ratio = 100;
  // Passes over a progressive (or otherwise multi-scan) JPEG. A scan may be a
  // few bytes long and still cost a pass over the whole picture.
  int max_scans = 100;
  // Scans of a JPEG times its pixels: bounds the work where both are many. A
  // scan in arithmetic coding counts tenfold. Encoders write some ten scans;
  // this is twenty of max_non_baseline_pixels.
  int64_t max_scan_pixels = 1'300'000'000;
  // What decoding one picture may hold beside its encoded bytes and the tensor;
  // see DecoderBytes(). Much where a format needs the whole picture at once:
  // multi-scan JPEG, interlaced PNG, WebP. Enough for max_non_baseline_pixels
  // in each of them, but for a WebP with alpha that comes in several pieces.
  int64_t max_decoder_bytes = int64_t{512} * 1024 * 1024;
};

// In pixels, as stored: before any EXIF orientation.
struct PictureSize {
  int width = 0;
  int height = 0;

  int64_t pixels() const { return int64_t{width} * height; }
  bool operator==(const PictureSize&) const = default;
};

// IMAGE_EMPTY for none, IMAGE_TOO_LARGE for more than max_encoded_bytes.
[[nodiscard]] absl::Status CheckEncodedBytes(uint64_t bytes,
                                             const ImageLimits& limits);

// What bounds a picture's pixels.
int64_t MostPixels(DecodeKind kind, const ImageLimits& limits);

// IMAGE_TOO_LARGE for a picture beyond MostPixels() or max_aspect_ratio,
// IMAGE_DECODE_FAILED for one without pixels.
[[nodiscard]] absl::Status CheckPictureSize(PictureSize size, DecodeKind kind,
                                            const ImageLimits& limits);

// What one scan of a JPEG counts for against max_scan_pixels.
int64_t WorkOfScan(PictureSize size, bool is_arithmetic);

// Of scans that count for work_of_scan each.
int MostScans(int64_t work_of_scan, const ImageLimits& limits);

// IMAGE_TOO_LARGE beyond max_scans or max_scan_pixels.
[[nodiscard]] absl::Status CheckScans(int scans, int64_t work_of_scan,
                                      const ImageLimits& limits);

// IMAGE_TOO_LARGE if a decoder would hold more than max_decoder_bytes.
[[nodiscard]] absl::Status CheckDecoderBytes(int64_t bytes,
                                             const ImageLimits& limits);

}  // namespace wanwu::image
