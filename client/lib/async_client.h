#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "client/lib/async_batch.h"
#include "client/lib/async_call.h"
#include "client/lib/call_options.h"
#include "client/lib/channel.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::client {

// A client of one wanwu-server whose calls block nobody and tell their end on
// one of gRPC's threads; ClassifierClient is the one that blocks. Calls retry
// only as a service config says; their errors can be taken apart by
// DescribeError(). Thread-safe; must outlive its calls.
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

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::ImageClassifier::Stub> classifier_;
  const std::unique_ptr<grpc::health::v1::Health::Stub> health_;
};

}  // namespace wanwu::client
