#include "client/lib/admin_client.h"

#include "client/lib/connect.h"
#include "client/lib/status_from_rpc.h"

namespace wanwu::client {

AdminClient::AdminClient(const ChannelOptions& options)
    : channel_(MakeChannel(options)), admin_(v1::Admin::NewStub(channel_)) {}

absl::Status AdminClient::Connect(Deadline deadline) {
  return client::Connect(channel_, deadline);
}

absl::Status AdminClient::LoadModel(const std::string& name,
                                    const std::string& version,
                                    Deadline deadline) {
  grpc::ClientContext context;
  context.set_deadline(deadline);
  v1::LoadModelRequest request;
  request.set_model(name);
  request.set_version(version);
  v1::LoadModelResponse response;
  return StatusFrom(admin_->LoadModel(&context, request, &response));
}

absl::Status AdminClient::UnloadModel(const std::string& name,
                                      const std::string& version,
                                      Deadline deadline) {
  grpc::ClientContext context;
  context.set_deadline(deadline);
  v1::UnloadModelRequest request;
  request.set_model(name);
  request.set_version(version);
  v1::UnloadModelResponse response;
  return StatusFrom(admin_->UnloadModel(&context, request, &response));
}

absl::Status AdminClient::SetDefaultModel(const std::string& name,
                                          Deadline deadline) {
  grpc::ClientContext context;
  context.set_deadline(deadline);
  v1::SetDefaultModelRequest request;
  request.set_model(name);
  v1::SetDefaultModelResponse response;
  return StatusFrom(admin_->SetDefaultModel(&context, request, &response));
}

absl::StatusOr<v1::GetStatusResponse> AdminClient::GetStatus(
    Deadline deadline) {
  grpc::ClientContext context;
  context.set_deadline(deadline);
  v1::GetStatusResponse response;
  const grpc::Status status = admin_->GetStatus(&context, {}, &response);
  if (!status.ok()) return StatusFrom(status);
  return response;
}

}  // namespace wanwu::client
