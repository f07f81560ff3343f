#pragma once

#include "absl/status/status.h"
#include "gateway/http/request_head.h"

namespace wanwu::gateway {

// CONTENT_TYPE_UNSUPPORTED if a Content-Encoding but identity is claimed.
absl::Status CheckNotCompressed(const RequestHead& head);

}  // namespace wanwu::gateway
