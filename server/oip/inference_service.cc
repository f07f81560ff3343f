#include "server/oip/inference_service.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/oip/descriptions.h"
#include "server/oip/infer_work.h"
#include "server/oip/model_infer_call.h"
#include "server/oip/named_model.h"
#include "server/oip/statistics.h"
#include "server/pipeline/served_model.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/unary_call.h"

namespace wanwu::oip {
namespace {

using namespace inference;  // NOLINT: the protocol's messages
using pipeline::CatalogEntry;
using pipeline::ModelState;
using rpc::CallServices;
using rpc::ToGrpcStatus;

// As rpc/grpc_server.cc.
constexpr int kPostedInfers = 32;
constexpr int kPostedStreams = 8;
constexpr int kPostedOthers = 2;

constexpr char kServerName[] = "wanwu";
constexpr const char* kExtensions[] = {"classification", "model_repository",
                                       "model_configuration", "statistics"};

grpc::Status ServerLive(const CallServices& services,
                        const ServerLiveRequest& /*request*/,
                        ServerLiveResponse& response) {
  response.set_live(services.health.Get(rpc::kLiveness) != rpc::Serving::kNo);
  return grpc::Status::OK;
}

grpc::Status ServerReady(const CallServices& services,
                         const ServerReadyRequest& /*request*/,
                         ServerReadyResponse& response) {
  response.set_ready(services.health.Get("") == rpc::Serving::kYes);
  return grpc::Status::OK;
}

grpc::Status ModelReady(const CallServices& services,
                        const ModelReadyRequest& request,
                        ModelReadyResponse& response) {
  const auto model =
      FindModel(services.catalog, request.name(), request.version());
  if (!model.ok() && !absl::IsNotFound(model.status())) {
    return ToGrpcStatus(model.status());
  }
  response.set_ready(model.ok() && model->entry.state == ModelState::kReady);
  return grpc::Status::OK;
}

grpc::Status ServerMetadata(const CallServices& services,
                            const ServerMetadataRequest& /*request*/,
                            ServerMetadataResponse& response) {
  response.set_name(kServerName);
  response.set_version(services.run.version);
  for (const char* extension : kExtensions) response.add_extensions(extension);
  return grpc::Status::OK;
}

grpc::Status ModelMetadata(const CallServices& services,
                           const ModelMetadataRequest& request,
                           ModelMetadataResponse& response) {
  const auto model =
      FindReadyModel(services.catalog, request.name(), request.version());
  if (!model.ok()) return ToGrpcStatus(model.status());
  response = DescribeTensors(*model);
  for (const CatalogEntry& entry : services.catalog.List()) {
    if (entry.name == model->entry.name && entry.state == ModelState::kReady) {
      response.add_versions(absl::StrCat(entry.version));
    }
  }
  return grpc::Status::OK;
}

grpc::Status ModelConfiguration(const CallServices& services,
                                const ModelConfigRequest& request,
                                ModelConfigResponse& response) {
  const auto model =
      FindReadyModel(services.catalog, request.name(), request.version());
  if (!model.ok()) return ToGrpcStatus(model.status());
  *response.mutable_config() =
      DescribeConfig(*model, MostPictures(*model, LimitsOf(services)),
                     services.pipeline.lane_count());
  return grpc::Status::OK;
}

void AddStatistics(const CallServices& services, const CatalogEntry& entry,
                   const std::string& name, ModelStatisticsResponse& response) {
  if (entry.model == nullptr) return;
  inference::ModelStatistics& stats = *response.add_model_stats();
  stats = DescribeStatistics(entry.model->counters().Read(),
                             rpc::WallTime(services.clock));
  stats.set_name(name);
  stats.set_version(absl::StrCat(entry.version));
}

grpc::Status Statistics(const CallServices& services,
                        const ModelStatisticsRequest& request,
                        ModelStatisticsResponse& response) {
  std::optional<NamedModel> model;
  if (!request.name().empty()) {
    const auto found =
        FindReadyModel(services.catalog, request.name(), request.version());
    if (!found.ok()) return ToGrpcStatus(found.status());
    model = *found;
  }
  for (const CatalogEntry& entry : services.catalog.List()) {
    if (!model.has_value()) {
      AddStatistics(services, entry, entry.name, response);
    } else if (entry.name == model->entry.name &&
               (request.version().empty() ||
                entry.version == model->entry.version)) {
      AddStatistics(services, entry, request.name(), response);
    }
  }
  return grpc::Status::OK;
}

const char* StateName(ModelState state) {
  switch (state) {
    case ModelState::kLoading:
      return "LOADING";
    case ModelState::kReady:
      return "READY";
    case ModelState::kFailed:
      break;
  }
  return "UNAVAILABLE";
}

grpc::Status Index(const CallServices& services,
                   const RepositoryIndexRequest& request,
                   RepositoryIndexResponse& response) {
  for (const CatalogEntry& entry : services.catalog.List()) {
    if (request.ready() && entry.state != ModelState::kReady) continue;
    for (const InputKind& kind : kInputKinds) {
      auto& model = *response.add_models();
      model.set_name(NamedModel{&kind, entry}.name());
      model.set_version(absl::StrCat(entry.version));
      model.set_state(StateName(entry.state));
      // The log says why; the text may name the server's files.
      if (entry.state == ModelState::kFailed) {
        model.set_reason("could not be loaded; the server's log says why");
      }
    }
  }
  return grpc::Status::OK;
}

grpc::Status ByOperatorsOnly() {
  return {grpc::StatusCode::UNIMPLEMENTED,
          "models are loaded and unloaded by operators: wanwu.v1.Admin on "
          "--admin_address, or 'wanwu models load'"};
}

grpc::Status Load(const CallServices& /*services*/,
                  const RepositoryModelLoadRequest& /*request*/,
                  RepositoryModelLoadResponse& /*response*/) {
  return ByOperatorsOnly();
}

grpc::Status Unload(const CallServices& /*services*/,
                    const RepositoryModelUnloadRequest& /*request*/,
                    RepositoryModelUnloadResponse& /*response*/) {
  return ByOperatorsOnly();
}

}  // namespace

void InferenceService::Post(CallServices& services,
                            grpc::ServerCompletionQueue& queue) {
  const auto serve = [&](auto post, const char* method, auto answer) {
    for (int i = 0; i < kPostedOthers; ++i) {
      rpc::ServeUnary(services, methods_, queue, post, method, answer);
    }
  };
  for (int i = 0; i < kPostedInfers; ++i) {
    ServeModelInfer(services, methods_, queue);
  }
  for (int i = 0; i < kPostedStreams; ++i) {
    ServeModelStreamInfer(services, methods_, queue);
  }
  serve(&ServerLiveMethod::RequestStreamed, "ServerLive", &ServerLive);
  serve(&ServerReadyMethod::RequestStreamed, "ServerReady", &ServerReady);
  serve(&ModelReadyMethod::RequestStreamed, "ModelReady", &ModelReady);
  serve(&ServerMetadataMethod::RequestStreamed, "ServerMetadata",
        &ServerMetadata);
  serve(&ModelMetadataMethod::RequestStreamed, "ModelMetadata", &ModelMetadata);
  serve(&ModelConfigMethod::RequestStreamed, "ModelConfig",
        &ModelConfiguration);
  serve(&ModelStatisticsMethod::RequestStreamed, "ModelStatistics",
        &Statistics);
  serve(&RepositoryIndexMethod::RequestStreamed, "RepositoryIndex", &Index);
  serve(&ModelLoadMethod::RequestStreamed, "RepositoryModelLoad", &Load);
  serve(&ModelUnloadMethod::RequestStreamed, "RepositoryModelUnload", &Unload);
}

}  // namespace wanwu::oip
