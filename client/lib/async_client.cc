#include "client/lib/async_client.h"

#include <atomic>
#include <utility>
#include <variant>

#include "client/lib/async_reader.h"

namespace wanwu::client {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

// Counts a stream's pictures as in flight until they are answered, and one more
// for all of it: its first is on its way.
AsyncBatch::OnEvent CountedStream(ServerLink& server,
                                  AsyncBatch::OnEvent on_event) {
  auto counted = std::make_shared<std::atomic<int>>(1);
  server.Add(1);
  return [&server, counted, on_event = std::move(on_event)](BatchEvent event) {
    int change = 0;
    if (std::holds_alternative<BatchSent>(event)) change = 1;
    if (std::holds_alternative<BatchAnswer>(event)) change = -1;
    // The last event.
    if (std::holds_alternative<StreamEnd>(event)) change = -counted->load();
    counted->fetch_add(change);
    server.Add(change);
    on_event(std::move(event));
  };
}

}  // namespace

AsyncClient::AsyncClient(const ChannelOptions& options) : servers_(options) {}

std::shared_ptr<AsyncCall> AsyncClient::Classify(
    v1::ClassifyRequest request, const CallOptions& options,
    OnResponse<v1::ClassifyResponse> on_response) {
  ServerLink& server = servers_.Choose();
  auto call =
      std::make_shared<AsyncUnary<v1::ClassifyRequest, v1::ClassifyResponse>>(
          std::move(request), Counted(server, 1, std::move(on_response)));
  call->Run(options, [&server](auto&&... arguments) {
    server.classifier().async()->Classify(arguments...);
  });
  return call;
}

std::shared_ptr<AsyncBatch> AsyncClient::OpenBatch(
    const CallOptions& options, AsyncBatch::OnEvent on_event) {
  ServerLink& server = servers_.Choose();
  auto batch = AsyncBatch::Make(CountedStream(server, std::move(on_event)));
  batch->Start(server.classifier(), options);
  return batch;
}

std::shared_ptr<AsyncCall> AsyncClient::ListModels(
    const CallOptions& options,
    OnResponse<v1::ListModelsResponse> on_response) {
  auto call = std::make_shared<
      AsyncUnary<v1::ListModelsRequest, v1::ListModelsResponse>>(
      v1::ListModelsRequest(), std::move(on_response));
  call->Run(options, [this](auto&&... arguments) {
    servers_.Choose().classifier().async()->ListModels(arguments...);
  });
  return call;
}

std::shared_ptr<AsyncCall> AsyncClient::GetModel(
    v1::GetModelRequest request, const CallOptions& options,
    OnResponse<v1::Model> on_response) {
  auto call = std::make_shared<AsyncUnary<v1::GetModelRequest, v1::Model>>(
      std::move(request), std::move(on_response));
  call->Run(options, [this](auto&&... arguments) {
    servers_.Choose().classifier().async()->GetModel(arguments...);
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
    servers_.Choose().classifier().async()->WatchStatus(arguments...);
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
    servers_.Choose().health().async()->Watch(arguments...);
  });
  return call;
}

}  // namespace wanwu::client
