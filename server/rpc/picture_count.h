#pragma once

#include "absl/status/status.h"
#include "server/rpc/call_services.h"

namespace wanwu::rpc {

// Counts a picture that is answered with `status`, and logs it: one
// rate-limited line per error that is the server's concern, callers' mistakes
// at debug level.
void CountError(const CallServices& services, const char* method,
                const absl::Status& status);

}  // namespace wanwu::rpc
