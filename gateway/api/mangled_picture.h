#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace wanwu::gateway {

// INVALID_ARGUMENT where the bytes are plainly what a common mistake makes of a
// picture, with the way to do it right: base64 in place of the bytes, or a file
// that `curl -d` took line ends and zero bytes out of. All else is OK, and the
// server's to judge.
absl::Status CheckNotMangled(std::string_view bytes);

}  // namespace wanwu::gateway
