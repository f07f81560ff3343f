#pragma once

#include <chrono>

#include "server/rpc/broadcast.h"
#include "server/rpc/call_limit.h"
#include "server/rpc/grpc_server_parts.h"
#include "server/rpc/live_calls.h"
#include "server/rpc/status_reporter.h"

namespace wanwu::rpc {

struct CallLimits {
  // Pictures of one ClassifyBatch stream that are unanswered at a time.
  int max_stream_in_flight = 64;
  // Calls of WatchStatus, and of Health.Watch, at a time.
  int max_status_watches = 100;
  int max_health_watches = 1000;
  // How long the message of a unary call may take from its head on.
  std::chrono::microseconds receive_timeout = std::chrono::seconds(30);
  // How long a written answer of a stream may wait for its client to take it.
  std::chrono::microseconds reader_timeout = std::chrono::seconds(60);
};

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
};

}  // namespace wanwu::rpc
