#pragma once

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "server/image/pixel_tensor.h"

namespace wanwu::image {

// The tensor as a NumPy array file, format version 1.0: uint8, C order, shape
// (height, width, 3).
std::string EncodeNpy(const PixelTensor& tensor);

// Writes `content` under a temporary name beside `path` and renames it, so that
// `path` is never half-written. Replaces what is there. UNKNOWN on failure.
[[nodiscard]] absl::Status WriteFileAtomically(
    const std::filesystem::path& path, const std::string& content);

}  // namespace wanwu::image
