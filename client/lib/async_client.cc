#include "client/lib/async_client.h"

#include <utility>

#include "client/lib/async_reader.h"
#include "client/lib/async_unary.h"

namespace wanwu::client {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

}  // namespace

AsyncClient::AsyncClient(const ChannelOptions& options)
    : channel_(MakeChannel(options)),
      classifier_(v1::ImageClassifier::NewStub(channel_)),
      health_(grpc::health::v1::Health::NewStub(channel_)) {}

std::shared_ptr<AsyncCall> AsyncClient::Classify(
    v1::ClassifyRequest request, const CallOptions& options,
    OnResponse<v1::ClassifyResponse> on_response) {
  auto call =
      std::make_shared<AsyncUnary<v1::ClassifyRequest, v1::ClassifyResponse>>(
          std::move(request), std::move(on_response));
  call->Run(options, [this](auto&&... arguments) {
    classifier_->async()->Classify(arguments...);
  });
  return call;
}

std::shared_ptr<AsyncBatch> AsyncClient::OpenBatch(
    const CallOptions& options, AsyncBatch::OnEvent on_event) {
  auto batch = AsyncBatch::Make(std::move(on_event));
  batch->Start(*classifier_, options);
  return batch;
}

std::shared_ptr<AsyncCall> AsyncClient::ListModels(
    const CallOptions& options,
    OnResponse<v1::ListModelsResponse> on_response) {
  auto call = std::make_shared<
      AsyncUnary<v1::ListModelsRequest, v1::ListModelsResponse>>(
      v1::ListModelsRequest(), std::move(on_response));
  call->Run(options, [this](auto&&... arguments) {
    classifier_->async()->ListModels(arguments...);
  });
  return call;
}

std::shared_ptr<AsyncCall> AsyncClient::GetModel(
    v1::GetModelRequest request, const CallOptions& options,
    OnResponse<v1::Model> on_response) {
  auto call = std::make_shared<AsyncUnary<v1::GetModelRequest, v1::Model>>(
      std::move(request), std::move(on_response));
  call->Run(options, [this](auto&&... arguments) {
    classifier_->async()->GetModel(arguments...);
  });
  return call;
}

std::shared_ptr<AsyncCall> AsyncClient::WatchStatus(
    v1::WatchStatusRequest request, const CallOptions& options,
    OnStreamEvent<v1::ServerStatus> on_event) {
  auto call =
      std::make_shared<AsyncReader<v1::WatchStatusRequest, v1::ServerStatus>>(
          std::move(request), std::move(on_event));
  call->Run(options, [this](auto&&... arguments) {
    classifier_->async()->WatchStatus(arguments...);
  });
  return call;
}

std::shared_ptr<AsyncCall> AsyncClient::WatchHealth(
    const std::string& service, const CallOptions& options,
    OnStreamEvent<HealthCheckResponse> on_event) {
  HealthCheckRequest request;
  request.set_service(service);
  auto call =
      std::make_shared<AsyncReader<HealthCheckRequest, HealthCheckResponse>>(
          std::move(request), std::move(on_event));
  call->Run(options, [this](auto&&... arguments) {
    health_->async()->Watch(arguments...);
  });
  return call;
}

}  // namespace wanwu::client
