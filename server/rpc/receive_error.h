#pragma once

#include <chrono>

#include "absl/status/status.h"
#include "server/rpc/timed_read.h"

namespace wanwu::rpc {

// Why the only message of a call did not come. `result` is not kMessage.
absl::Status ReceiveError(TimedRead::Result result,
                          std::chrono::microseconds timeout);

}  // namespace wanwu::rpc
