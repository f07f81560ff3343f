#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "absl/status/statusor.h"

namespace wanwu::model {

// The whole file. Errors: NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT (not
// a regular file, or more than `max_bytes`), INTERNAL (reading failed).
absl::StatusOr<std::string> ReadBoundedFile(const std::filesystem::path& path,
                                            size_t max_bytes);

}  // namespace wanwu::model
