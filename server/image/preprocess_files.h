#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/image/decode.h"

namespace wanwu::image {

struct PreprocessRequest {
  std::vector<std::string> files;
  std::filesystem::path output_dir;
  TensorSpec spec;
  DecodeOptions options;
};

// Two files whose tensors would have the same name: INVALID_ARGUMENT naming
// both. The check comes before any file is read.
[[nodiscard]] absl::Status CheckOutputNames(
    const std::vector<std::string>& files);

// Writes each picture's tensor to output_dir/<file name>.npy; for a picture
// that is refused, a line "FILE: REASON: message" to `errors`, for one that is
// damaged lines "FILE: warning: message". Returns how many were refused. Goes
// on after a refusal.
int PreprocessFiles(const PreprocessRequest& request, std::ostream& errors);

}  // namespace wanwu::image
