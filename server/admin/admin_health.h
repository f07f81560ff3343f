#pragma once

#include <grpcpp/grpcpp.h>

#include "grpc/health/v1/health.grpc.pb.h"
#include "server/rpc/health_state.h"

namespace wanwu::admin {

// grpc.health.v1 for probes. Watch, which would keep a thread each, is
// UNIMPLEMENTED here.
class AdminHealth final : public grpc::health::v1::Health::Service {
 public:
  // `state` must outlive the service.
  explicit AdminHealth(const rpc::HealthState& state) : state_(state) {}

  grpc::Status Check(grpc::ServerContext* context,
                     const grpc::health::v1::HealthCheckRequest* request,
                     grpc::health::v1::HealthCheckResponse* response) override;
  grpc::Status List(grpc::ServerContext* context,
                    const grpc::health::v1::HealthListRequest* request,
                    grpc::health::v1::HealthListResponse* response) override;

 private:
  const rpc::HealthState& state_;
};

}  // namespace wanwu::admin
