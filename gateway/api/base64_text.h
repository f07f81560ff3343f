#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wanwu::gateway {

// The bytes of base64 in either alphabet, also as a data URL such as JavaScript
// makes of files. Errors call it `field`.
absl::StatusOr<std::string> DecodeBase64(std::string_view field,
                                         std::string_view text);

}  // namespace wanwu::gateway
