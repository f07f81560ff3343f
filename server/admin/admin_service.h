#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "server/access/access_control.h"
#include "server/admin/admin_actions.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/model_catalog.h"
#include "server/rpc/call_limit.h"
#include "server/rpc/server_run.h"
#include "wanwu/v1/admin.grpc.pb.h"

namespace wanwu::admin {

// wanwu.v1.Admin. Blocks the calling thread while models are loaded.
class AdminService final : public wanwu::v1::Admin::Service {
 public:
  struct Parts {
    AdminActions& actions;
    pipeline::ClassifyPipeline& pipeline;
    const pipeline::ModelCatalog& catalog;
    const rpc::ServerRun& run;
    const access::AccessControl& access;
  };

  // At most so many calls wait for models at a time.
  static constexpr int kMostWaiting = 8;

  explicit AdminService(const Parts& parts) : parts_(parts) {}

  grpc::Status LoadModel(grpc::ServerContext* context,
                         const wanwu::v1::LoadModelRequest* request,
                         wanwu::v1::LoadModelResponse* response) override;
  grpc::Status UnloadModel(grpc::ServerContext* context,
                           const wanwu::v1::UnloadModelRequest* request,
                           wanwu::v1::UnloadModelResponse* response) override;
  grpc::Status ReloadModels(grpc::ServerContext* context,
                            const wanwu::v1::ReloadModelsRequest* request,
                            wanwu::v1::ReloadModelsResponse* response) override;
  grpc::Status SetDefaultModel(
      grpc::ServerContext* context,
      const wanwu::v1::SetDefaultModelRequest* request,
      wanwu::v1::SetDefaultModelResponse* response) override;
  grpc::Status SetLogLevel(grpc::ServerContext* context,
                           const wanwu::v1::SetLogLevelRequest* request,
                           wanwu::v1::SetLogLevelResponse* response) override;
  grpc::Status GetStatus(grpc::ServerContext* context,
                         const wanwu::v1::GetStatusRequest* request,
                         wanwu::v1::GetStatusResponse* response) override;
  grpc::Status Drain(grpc::ServerContext* context,
                     const wanwu::v1::DrainRequest* request,
                     wanwu::v1::DrainResponse* response) override;

 private:
  // Empty if the caller may call the method.
  std::optional<grpc::Status> Refusal(const grpc::ServerContext& context,
                                      const char* method) const;
  // `model` is what the request names.
  grpc::Status OnModels(const std::string& model,
                        const std::function<absl::Status()>& action);
  grpc::Status InTurn(const std::function<absl::Status()>& action);

  const Parts parts_;
  rpc::CallLimit waiting_{kMostWaiting};
};

}  // namespace wanwu::admin
