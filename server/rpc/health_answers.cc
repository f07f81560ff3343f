#include "server/rpc/health_answers.h"

namespace wanwu::rpc {

using grpc::health::v1::HealthCheckResponse;

HealthCheckResponse ToResponse(std::optional<Serving> serving) {
  HealthCheckResponse response;
  if (!serving.has_value()) {
    response.set_status(HealthCheckResponse::SERVICE_UNKNOWN);
  } else if (*serving == Serving::kYes) {
    response.set_status(HealthCheckResponse::SERVING);
  } else {
    response.set_status(HealthCheckResponse::NOT_SERVING);
  }
  return response;
}

grpc::Status AnswerCheck(const HealthState& health,
                         const grpc::health::v1::HealthCheckRequest& request,
                         HealthCheckResponse& response) {
  const std::optional<Serving> serving = health.Get(request.service());
  if (!serving.has_value()) {
    return grpc::Status(grpc::StatusCode::NOT_FOUND, "unknown service");
  }
  response = ToResponse(serving);
  return grpc::Status::OK;
}

grpc::Status AnswerList(const HealthState& health,
                        grpc::health::v1::HealthListResponse& response) {
  for (const auto& [service, serving] : health.List()) {
    (*response.mutable_statuses())[service] = ToResponse(serving);
  }
  return grpc::Status::OK;
}

}  // namespace wanwu::rpc
