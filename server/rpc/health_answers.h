#pragma once

#include <grpcpp/grpcpp.h>

#include <optional>

#include "grpc/health/v1/health.pb.h"
#include "server/rpc/health_state.h"

namespace wanwu::rpc {

// What grpc.health.v1 answers, on whichever listener. No value: a service that
// does not exist.

grpc::health::v1::HealthCheckResponse ToResponse(
    std::optional<Serving> serving);

grpc::Status AnswerCheck(const HealthState& health,
                         const grpc::health::v1::HealthCheckRequest& request,
                         grpc::health::v1::HealthCheckResponse& response);

grpc::Status AnswerList(const HealthState& health,
                        grpc::health::v1::HealthListResponse& response);

}  // namespace wanwu::rpc
