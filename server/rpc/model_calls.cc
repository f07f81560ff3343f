#include "server/rpc/model_calls.h"

#include "server/rpc/model_description.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/unary_call.h"

namespace wanwu::rpc {
namespace {

grpc::Status ListModels(const CallServices& services,
                        const wanwu::v1::ListModelsRequest& /*request*/,
                        wanwu::v1::ListModelsResponse& response) {
  response.set_default_model(services.catalog.default_model());
  DescribeModels(services.catalog.List(), *response.mutable_models());
  return grpc::Status::OK;
}

grpc::Status GetModel(const CallServices& services,
                      const wanwu::v1::GetModelRequest& request,
                      wanwu::v1::Model& response) {
  const absl::StatusOr<pipeline::CatalogEntry> entry =
      services.catalog.Find(request.model(), request.version(), "version");
  if (!entry.ok()) return ToGrpcStatus(entry.status());
  response = DescribeModel(*entry);
  return grpc::Status::OK;
}

}  // namespace

DetachedTask ServeListModels(CallServices& services, ClassifierService& service,
                             grpc::ServerCompletionQueue& queue) {
  return ServeUnary(services, service, queue,
                    &ListModelsMethod::RequestStreamed, "ListModels",
                    &ListModels);
}

DetachedTask ServeGetModel(CallServices& services, ClassifierService& service,
                           grpc::ServerCompletionQueue& queue) {
  return ServeUnary(services, service, queue, &GetModelMethod::RequestStreamed,
                    "GetModel", &GetModel);
}

}  // namespace wanwu::rpc
