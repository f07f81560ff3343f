#include "server/admin/admin_health.h"

#include <optional>

namespace wanwu::admin {
namespace {

using grpc::health::v1::HealthCheckResponse;

HealthCheckResponse::ServingStatus ToProto(rpc::Serving serving) {
  return serving == rpc::Serving::kYes ? HealthCheckResponse::SERVING
                                       : HealthCheckResponse::NOT_SERVING;
}

}  // namespace

grpc::Status AdminHealth::Check(
    grpc::ServerContext* /*context*/,
    const grpc::health::v1::HealthCheckRequest* request,
    HealthCheckResponse* response) {
  const std::optional<rpc::Serving> serving = state_.Get(request->service());
  if (!serving.has_value()) {
    return grpc::Status(grpc::StatusCode::NOT_FOUND, "unknown service");
  }
  response->set_status(ToProto(*serving));
  return grpc::Status::OK;
}

grpc::Status AdminHealth::List(
    grpc::ServerContext* /*context*/,
    const grpc::health::v1::HealthListRequest* /*request*/,
    grpc::health::v1::HealthListResponse* response) {
  for (const auto& [service, serving] : state_.List()) {
    (*response->mutable_statuses())[service].set_status(ToProto(serving));
  }
  return grpc::Status::OK;
}

}  // namespace wanwu::admin
