#include "server/admin/admin_service.h"

#include <optional>
#include <string>

#include "server/errors/service_error.h"
#include "server/rpc/caller_check.h"
#include "server/rpc/model_description.h"
#include "server/rpc/proto_duration.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/status_reporter.h"

namespace wanwu::admin {
namespace {

std::optional<logging::Level> ToLevel(wanwu::v1::LogLevel level) {
  switch (level) {
    case wanwu::v1::LOG_LEVEL_DEBUG:
      return logging::Level::kDebug;
    case wanwu::v1::LOG_LEVEL_INFO:
      return logging::Level::kInfo;
    case wanwu::v1::LOG_LEVEL_WARNING:
      return logging::Level::kWarning;
    case wanwu::v1::LOG_LEVEL_ERROR:
      return logging::Level::kError;
    default:
      return std::nullopt;
  }
}

grpc::Status ToStatus(const absl::Status& status) {
  return rpc::ToGrpcStatus(status);
}

absl::Status TooMany() {
  return errors::ServiceError(absl::StatusCode::kResourceExhausted,
                              errors::kQueueFull,
                              "too many calls wait for models",
                              {{std::string(errors::kLimit),
                                std::to_string(AdminService::kMostWaiting)},
                               {std::string(errors::kRetryDelayMs), "1000"}});
}

}  // namespace

std::optional<grpc::Status> AdminService::Refusal(
    const grpc::ServerContext& context, const char* method) const {
  const absl::Status allowed =
      rpc::CheckCaller(parts_.access, context,
                       {wanwu::v1::Admin::service_full_name(), method})
          .status();
  if (allowed.ok()) return std::nullopt;
  return rpc::ToGrpcStatus(allowed);
}

grpc::Status AdminService::InTurn(const std::function<absl::Status()>& action) {
  const rpc::CallLimit::Place place(waiting_);
  if (!place) return rpc::ToGrpcStatus(TooMany());
  return ToStatus(action());
}

grpc::Status AdminService::OnModels(
    const std::string& model, const std::function<absl::Status()>& action) {
  if (!model.empty()) return InTurn(action);
  return rpc::ToGrpcStatus(
      errors::FieldInvalid("model", "", "model must be named"));
}

grpc::Status AdminService::LoadModel(
    grpc::ServerContext* context, const wanwu::v1::LoadModelRequest* request,
    wanwu::v1::LoadModelResponse* /*response*/) {
  if (const auto refusal = Refusal(*context, "LoadModel")) return *refusal;
  return OnModels(request->model(), [&] {
    return parts_.actions.LoadModel(request->model(), request->version());
  });
}

grpc::Status AdminService::UnloadModel(
    grpc::ServerContext* context, const wanwu::v1::UnloadModelRequest* request,
    wanwu::v1::UnloadModelResponse* /*response*/) {
  if (const auto refusal = Refusal(*context, "UnloadModel")) return *refusal;
  return OnModels(request->model(), [&] {
    return parts_.actions.UnloadModel(request->model(), request->version());
  });
}

grpc::Status AdminService::ReloadModels(
    grpc::ServerContext* context,
    const wanwu::v1::ReloadModelsRequest* /*request*/,
    wanwu::v1::ReloadModelsResponse* /*response*/) {
  if (const auto refusal = Refusal(*context, "ReloadModels")) return *refusal;
  return InTurn([&] { return parts_.actions.ReloadModels(); });
}

grpc::Status AdminService::SetDefaultModel(
    grpc::ServerContext* context,
    const wanwu::v1::SetDefaultModelRequest* request,
    wanwu::v1::SetDefaultModelResponse* /*response*/) {
  if (const auto refusal = Refusal(*context, "SetDefaultModel"))
    return *refusal;
  return OnModels(request->model(), [&] {
    return parts_.actions.SetDefaultModel(request->model());
  });
}

grpc::Status AdminService::SetLogLevel(
    grpc::ServerContext* context, const wanwu::v1::SetLogLevelRequest* request,
    wanwu::v1::SetLogLevelResponse* /*response*/) {
  if (const auto refusal = Refusal(*context, "SetLogLevel")) return *refusal;
  const std::optional<logging::Level> level = ToLevel(request->level());
  if (!level.has_value()) {
    return rpc::ToGrpcStatus(errors::FieldInvalid(
        "level", std::to_string(request->level()), "there is no such level"));
  }
  parts_.actions.SetLogLevel(*level);
  return grpc::Status::OK;
}

grpc::Status AdminService::GetStatus(
    grpc::ServerContext* context,
    const wanwu::v1::GetStatusRequest* /*request*/,
    wanwu::v1::GetStatusResponse* response) {
  if (const auto refusal = Refusal(*context, "GetStatus")) return *refusal;
  response->set_version(parts_.run.version);
  *response->mutable_uptime() =
      rpc::ToProto(parts_.pipeline.clock().Now() - parts_.run.started_at);
  response->set_state(rpc::ToProto(parts_.run.state.load()));
  response->set_default_model(parts_.catalog.default_model());
  rpc::DescribeModels(parts_.catalog.List(), *response->mutable_models());
  response->set_models_in_memory(parts_.pipeline.installed_count());
  response->set_queue_depth(parts_.pipeline.admission().jobs());
  return grpc::Status::OK;
}

grpc::Status AdminService::Drain(grpc::ServerContext* context,
                                 const wanwu::v1::DrainRequest* /*request*/,
                                 wanwu::v1::DrainResponse* /*response*/) {
  if (const auto refusal = Refusal(*context, "Drain")) return *refusal;
  parts_.actions.Drain();
  return grpc::Status::OK;
}

}  // namespace wanwu::admin
