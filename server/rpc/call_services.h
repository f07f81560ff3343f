#pragma once

#include <atomic>

#include "server/rpc/broadcast.h"
#include "server/rpc/call_limit.h"
#include "server/rpc/call_limits.h"
#include "server/rpc/grpc_server_parts.h"
#include "server/rpc/live_calls.h"
#include "server/rpc/status_reporter.h"

namespace wanwu::rpc {

// What the calls of every service work with: one per GrpcServer, thread-safe.
struct CallServices : GrpcServerParts {
  CallServices(const GrpcServerParts& parts, const CallLimits& call_limits)
      : GrpcServerParts(parts),
        limits(call_limits),
        status_watches(call_limits.max_status_watches),
        health_watches(call_limits.max_health_watches),
        status(parts) {}

  const CallLimits limits;
  CallLimit status_watches;
  CallLimit health_watches;
  StatusReporter status;
  LiveCalls live_calls;
  // Notified once when draining begins: streams stop reading, watches end.
  Broadcast draining;
  // Set before that, for those who began to listen too late.
  std::atomic<bool> drain_begun{false};
};

}  // namespace wanwu::rpc
