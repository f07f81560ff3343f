#include "server/admin/admin_health.h"

#include "server/rpc/health_answers.h"

namespace wanwu::admin {

grpc::Status AdminHealth::Check(
    grpc::ServerContext* /*context*/,
    const grpc::health::v1::HealthCheckRequest* request,
    grpc::health::v1::HealthCheckResponse* response) {
  return rpc::AnswerCheck(state_, *request, *response);
}

grpc::Status AdminHealth::List(
    grpc::ServerContext* /*context*/,
    const grpc::health::v1::HealthListRequest* /*request*/,
    grpc::health::v1::HealthListResponse* response) {
  return rpc::AnswerList(state_, *response);
}

}  // namespace wanwu::admin
