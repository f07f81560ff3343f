#include "server/image/image_limits.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/image/image_error.h"

namespace wanwu::image {

absl::Status CheckEncodedBytes(uint64_t bytes, const ImageLimits& limits) {
  if (bytes == 0) return EmptyImage();
  if (bytes <= limits.max_encoded_bytes) return absl::OkStatus();
  return TooLarge({.subject = "the encoded image has",
                   .unit = "bytes",
                   .value = static_cast<int64_t>(bytes),
                   .limit = static_cast<int64_t>(limits.max_encoded_bytes)});
}

absl::Status CheckPictureSize(PictureSize size, const ImageLimits& limits) {
  const std::string sides = absl::StrCat(size.width, "x", size.height);
  if (size.width <= 0 || size.height <= 0) {
    return DecodeFailed(absl::StrCat("the picture is ", sides, " pixels"));
  }
  if (size.pixels() > limits.max_pixels) {
    return TooLarge({.subject = absl::StrCat("the picture, ", sides, ", has"),
                     .unit = "pixels",
                     .value = size.pixels(),
                     .limit = limits.max_pixels});
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

absl::Status CheckDecoderBytes(int64_t bytes, const ImageLimits& limits) {
  if (bytes <= limits.max_decoder_bytes) return absl::OkStatus();
  return TooLarge({.subject = "decoding the picture takes",
                   .unit = "bytes of memory",
                   .value = bytes,
                   .limit = limits.max_decoder_bytes});
}

}  // namespace wanwu::image
