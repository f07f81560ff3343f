#pragma once

#include <grpcpp/grpcpp.h>

#include "grpc/health/v1/health.grpc.pb.h"
#include "server/rpc/call_services.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/streamed_unary.h"

namespace wanwu::rpc {

// As in classifier_service.h.
using HealthListMethod =
    StreamedUnary<grpc::health::v1::Health::WithAsyncMethod_Watch<
                      grpc::health::v1::Health::Service>,
                  0, grpc::health::v1::HealthListRequest,
                  grpc::health::v1::HealthListResponse>;
using HealthCheckMethod =
    StreamedUnary<HealthListMethod, 1, grpc::health::v1::HealthCheckRequest,
                  grpc::health::v1::HealthCheckResponse>;
using HealthService = HealthCheckMethod;

// Each posts one request of its method on `queue`, answers it, and posts the
// next as soon as a caller came. Start on the queue's poller, or before that
// poller runs.
DetachedTask ServeHealthCheck(CallServices& services, HealthService& service,
                              grpc::ServerCompletionQueue& queue);
DetachedTask ServeHealthList(CallServices& services, HealthService& service,
                             grpc::ServerCompletionQueue& queue);
DetachedTask ServeHealthWatch(CallServices& services, HealthService& service,
                              grpc::ServerCompletionQueue& queue);

}  // namespace wanwu::rpc
