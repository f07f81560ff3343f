#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "absl/status/status.h"
#include "client/lib/call_options.h"

namespace wanwu::client {

// Connects. UNAVAILABLE if nothing answers at the address. Calls do not need
// it: it tells "no server" from an error of the call.
[[nodiscard]] absl::Status Connect(
    const std::shared_ptr<grpc::Channel>& channel, Deadline deadline);

}  // namespace wanwu::client
