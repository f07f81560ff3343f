#pragma once

#include <grpcpp/grpcpp.h>

#include "grpc/health/v1/health.grpc.pb.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/health_state.h"
#include "server/rpc/live_calls.h"

namespace wanwu::rpc {

using HealthService = grpc::health::v1::Health::AsyncService;

struct HealthContext {
  HealthService& service;
  HealthState& state;
  LiveCalls& live_calls;
};

// Each posts one request of its method on `queue`, answers it, and posts the
// next as soon as a caller came. Start on the queue's poller, or before that
// poller runs.
DetachedTask ServeHealthCheck(HealthContext& context,
                              grpc::ServerCompletionQueue& queue);
DetachedTask ServeHealthList(HealthContext& context,
                             grpc::ServerCompletionQueue& queue);
DetachedTask ServeHealthWatch(HealthContext& context,
                              grpc::ServerCompletionQueue& queue);

}  // namespace wanwu::rpc
