#pragma once

#include <grpcpp/grpcpp.h>

#include "grpc/health/v1/health.grpc.pb.h"
#include "server/rpc/call_services.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/streamed_unary.h"

namespace wanwu::rpc {

// As in classifier_service.h; by their order in health.proto.
using HealthCheckMethod = StreamedUnary<grpc::health::v1::Health::Service, 0>;
using HealthWatchMethod = StreamedUnary<HealthCheckMethod, 1>;
using HealthListMethod = StreamedUnary<HealthWatchMethod, 2>;

class HealthService final : public HealthListMethod {
 public:
  static constexpr const char* kName =
      grpc::health::v1::Health::service_full_name();
  // Probes are many, and tell nothing.
  static constexpr bool kTraced = false;
};

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
