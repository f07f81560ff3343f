#include "server/image/image_limits.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

// A scan in arithmetic coding takes as long as this many in Huffman's.
constexpr int64_t kArithmeticWork = 10;

}  // namespace

absl::Status CheckEncodedBytes(uint64_t bytes, const ImageLimits& limits) {
  if (bytes == 0) return EmptyImage();
  if (bytes <= limits.max_encoded_bytes) return absl::OkStatus();
  return TooLarge({.subject = "the encoded image has",
                   .unit = "bytes",
                   .value = static_cast<int64_t>(bytes),
                   .limit = static_cast<int64_t>(limits.max_encoded_bytes)});
}

int64_t MostPixels(DecodeKind kind, const ImageLimits& limits) {
  return kind == DecodeKind::kJpegBaseline
             ? limits.max_pixels
             : std::min(limits.max_pixels, limits.max_non_baseline_pixels);
}

absl::Status CheckPictureSize(PictureSize size, DecodeKind kind,
                              const ImageLimits& limits) {
  const std::string sides = absl::StrCat(size.width, "x", size.height);
  if (size.width <= 0 || size.height <= 0) {
    return DecodeFailed(absl::StrCat("the picture is ", sides, " pixels"));
  }
  const int64_t most_pixels = MostPixels(kind, limits);
  if (size.pixels() > most_pixels) {
    return TooLarge({.subject = absl::StrCat("the picture, ", sides, ", has"),
                     .unit = "pixels",
                     .value = size.pixels(),
                     .limit = most_pixels});
  }
  const int longer = std::max(size.width, size.height);
  const int shorter = std::min(size.width, size.height);
  if (int64_t{longer} > int64_t{shorter} * limits.max_aspect_ratio) {
    return TooLarge({.subject = absl::StrCat("the picture, ", sides,
                                             ", has its longer side at"),
                     .unit = "times the shorter one",
                     .value = (longer + shorter - 1) / shorter,
                     .limit = limits.max_aspect_ratio});
  }
  return absl::OkStatus();
}

int64_t WorkOfScan(PictureSize size, bool is_arithmetic) {
  return size.pixels() * (is_arithmetic ? kArithmeticWork : 1);
}

int MostScans(int64_t work_of_scan, const ImageLimits& limits) {
  const int64_t by_work =
      limits.max_scan_pixels / std::max<int64_t>(work_of_scan, 1);
  return static_cast<int>(std::min<int64_t>(limits.max_scans, by_work));
}

absl::Status CheckScans(int scans, int64_t work_of_scan,
                        const ImageLimits& limits) {
  if (scans > limits.max_scans) {
    return TooLarge({.subject = "the JPEG has at least",
                     .unit = "scans",
                     .value = scans,
                     .limit = limits.max_scans});
  }
  if (scans <= MostScans(work_of_scan, limits)) return absl::OkStatus();
  return TooLarge({.subject = "the JPEG's scans pass over at least",
                   .unit = "pixels",
                   .value = scans * work_of_scan,
                   .limit = limits.max_scan_pixels});
}

absl::Status CheckDecoderBytes(int64_t bytes, const ImageLimits& limits) {
  if (bytes <= limits.max_decoder_bytes) return absl::OkStatus();
  return TooLarge({.subject = "decoding the picture takes",
                   .unit = "bytes of memory",
                   .value = bytes,
                   .limit = limits.max_decoder_bytes});
}

}  // namespace wanwu::image
