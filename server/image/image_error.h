#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/image/image_format.h"

namespace wanwu::image {

// Why a picture is refused. All are INVALID_ARGUMENT, name the field "image"
// and carry the offending value in their metadata.

// IMAGE_EMPTY.
[[nodiscard]] absl::Status EmptyImage();

// IMAGE_DECODE_FAILED: `detail` says what is broken, for people.
[[nodiscard]] absl::Status DecodeFailed(std::string_view detail);

// IMAGE_UNSUPPORTED: `type` is what the bytes look like, or which feature of a
// supported format is not.
[[nodiscard]] absl::Status Unsupported(std::string_view type,
                                       FormatSet supported = kAllFormats);

// Reads as "<subject> <value> <unit>; the limit is <limit>".
struct ExceededLimit {
  std::string subject;
  std::string unit;
  int64_t value = 0;
  int64_t limit = 0;
};

// IMAGE_TOO_LARGE.
[[nodiscard]] absl::Status TooLarge(const ExceededLimit& exceeded);

// Not the picture's fault: INTERNAL with the reason of that name.
[[nodiscard]] absl::Status Internal(std::string_view what);

}  // namespace wanwu::image
