#include "client/lib/classifier_client.h"

#include <utility>

#include "client/lib/connect.h"
#include "client/lib/status_from_rpc.h"

namespace wanwu::client {
namespace {

template <typename Response>
absl::StatusOr<Response> Result(const grpc::Status& status, Response response) {
  if (!status.ok()) return StatusFrom(status);
  return response;
}

}  // namespace

ClassifierClient::ClassifierClient(const ChannelOptions& options)
    : channel_(MakeChannel(options)),
      classifier_(v1::ImageClassifier::NewStub(channel_)),
      health_(grpc::health::v1::Health::NewStub(channel_)) {}

absl::Status ClassifierClient::Connect(Deadline deadline) {
  return client::Connect(channel_, deadline);
}

absl::StatusOr<v1::ClassifyResponse> ClassifierClient::Classify(
    const v1::ClassifyRequest& request, Deadline deadline, Priority priority) {
  grpc::ClientContext context;
  context.set_deadline(deadline);
  SetPriority(context, priority);
  v1::ClassifyResponse response;
  const grpc::Status status =
      classifier_->Classify(&context, request, &response);
  return Result(status, std::move(response));
}

std::unique_ptr<BatchSession> ClassifierClient::OpenBatch(
    const BatchOptions& options) {
  return std::make_unique<BatchSession>(*classifier_, options);
}

absl::StatusOr<v1::ListModelsResponse> ClassifierClient::ListModels(
    Deadline deadline) {
  grpc::ClientContext context;
  context.set_deadline(deadline);
  v1::ListModelsResponse response;
  const grpc::Status status = classifier_->ListModels(&context, {}, &response);
  return Result(status, std::move(response));
}

absl::StatusOr<v1::Model> ClassifierClient::GetModel(const std::string& name,
                                                     const std::string& version,
                                                     Deadline deadline) {
  grpc::ClientContext context;
  context.set_deadline(deadline);
  v1::GetModelRequest request;
  request.set_model(name);
  request.set_version(version);
  v1::Model response;
  const grpc::Status status =
      classifier_->GetModel(&context, request, &response);
  return Result(status, std::move(response));
}

absl::StatusOr<HealthState> ClassifierClient::CheckHealth(
    const std::string& service, Deadline deadline) {
  grpc::ClientContext context;
  context.set_deadline(deadline);
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  grpc::health::v1::HealthCheckResponse response;
  const grpc::Status status = health_->Check(&context, request, &response);
  return Result(status, response.status());
}

std::unique_ptr<HealthWatch> ClassifierClient::WatchHealth(
    const std::string& service, Deadline deadline) {
  return std::make_unique<HealthWatch>(*health_, service, deadline);
}

std::unique_ptr<StatusWatch> ClassifierClient::WatchStatus(
    std::chrono::milliseconds interval) {
  return std::make_unique<StatusWatch>(*classifier_, interval);
}

}  // namespace wanwu::client
