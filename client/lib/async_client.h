#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <string>
#include <utility>

#include "client/lib/async_batch.h"
#include "client/lib/async_call.h"
#include "client/lib/async_unary.h"
#include "client/lib/call_options.h"
#include "client/lib/channel.h"
#include "client/lib/server_set.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::client {

// A client of one wanwu-server, or of several, whose calls block nobody and
// tell their end on one of gRPC's threads; ClassifierClient is the one that
// blocks. Calls retry only as a service config says; their errors can be taken
// apart by DescribeError(). Thread-safe; must outlive its calls.
class AsyncClient {
 public:
  // Does not connect yet.
  explicit AsyncClient(const ChannelOptions& options);

  std::shared_ptr<AsyncCall> Classify(
      v1::ClassifyRequest request, const CallOptions& options,
      OnResponse<v1::ClassifyResponse> on_response);

  std::shared_ptr<AsyncBatch> OpenBatch(const CallOptions& options,
                                        AsyncBatch::OnEvent on_event);

  std::shared_ptr<AsyncCall> ListModels(
      const CallOptions& options,
      OnResponse<v1::ListModelsResponse> on_response);

  std::shared_ptr<AsyncCall> GetModel(v1::GetModelRequest request,
                                      const CallOptions& options,
                                      OnResponse<v1::Model> on_response);

  std::shared_ptr<AsyncCall> WatchStatus(
      v1::WatchStatusRequest request, const CallOptions& options,
      OnStreamEvent<v1::ServerStatus> on_event);

  // Empty service: the server as a whole.
  std::shared_ptr<AsyncCall> WatchHealth(
      const std::string& service, const CallOptions& options,
      OnStreamEvent<grpc::health::v1::HealthCheckResponse> on_event);

  // A unary method of another service of the server's, such as
  // "inference.GRPCInferenceService/ModelInfer". `pictures` are as many as it
  // asks the server to classify.
  template <typename Request, typename Response>
  std::shared_ptr<AsyncCall> Call(const std::string& method, Request request,
                                  const CallOptions& options,
                                  OnResponse<Response> on_response,
                                  int pictures = 0) {
    ServerLink& server = servers_.Choose();
    auto call = std::make_shared<AsyncUnary<Request, Response>>(
        std::move(request), Counted(server, pictures, std::move(on_response)));
    call->Run(options, [&](grpc::ClientContext* context, const Request* sent,
                           Response* response, auto on_end) {
      grpc::TemplatedGenericStub<Request, Response>(server.channel())
          .UnaryCall(context, "/" + method, {}, sent, response,
                     std::move(on_end));
    });
    return call;
  }

 private:
  // Counts the call's pictures as in flight until they are answered.
  template <typename Response>
  static OnResponse<Response> Counted(ServerLink& server, int pictures,
                                      OnResponse<Response> on_response) {
    server.Add(pictures);
    return [&server, pictures, on_response = std::move(on_response)](
               absl::StatusOr<Response> response) {
      // First: whoever is told may end the client.
      server.Add(-pictures);
      on_response(std::move(response));
    };
  }

  ServerSet servers_;
};

}  // namespace wanwu::client
