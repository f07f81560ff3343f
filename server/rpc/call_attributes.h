#pragma once

#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "batching/clock.h"
#include "batching/job.h"

namespace wanwu::rpc {

// What a call's head says of all the pictures in it.
struct CallAttributes {
  batching::Priority priority = batching::Priority::kInteractive;
  batching::Clock::TimePoint deadline;
};

// INVALID_ARGUMENT (FIELD_INVALID) if "wanwu-priority" holds something else
// than the proto names.
absl::StatusOr<CallAttributes> ReadCallAttributes(
    const grpc::ServerContext& context, const batching::Clock& clock);

}  // namespace wanwu::rpc
