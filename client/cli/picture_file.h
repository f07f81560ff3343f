#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "client/lib/message_limit.h"

namespace wanwu::cli {

// Leaves room in the message for the fields beside the picture.
inline constexpr std::size_t kMaxPictureBytes =
    client::kMaxMessageBytes - 16 * 1024;

// The whole file; "-" is standard input. Errors: FILE_UNREADABLE with the
// system's message and, in the metadata, its "errno", or FILE_TOO_LARGE above
// kMaxPictureBytes, of which no more is read.
absl::StatusOr<std::string> ReadPicture(const std::string& path);

}  // namespace wanwu::cli
