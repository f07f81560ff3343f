#pragma once

#include <grpc/grpc.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "client/lib/async_client.h"
#include "inference/open_inference.grpc.pb.h"
#include "tests/gateway/support/http_server.h"

namespace wanwu::test {

// A server of the Open Inference Protocol on a free port of 127.0.0.1 that
// answers as it is told.
class FakeInference final : public inference::GRPCInferenceService::Service {
 public:
  template <typename Request, typename Response>
  using Script = std::function<grpc::Status(grpc::ServerContext&,
                                            const Request&, Response&)>;

  Script<inference::ModelInferRequest, inference::ModelInferResponse> infer;
  Script<inference::ModelMetadataRequest, inference::ModelMetadataResponse>
      metadata;
  Script<inference::ModelStatisticsRequest, inference::ModelStatisticsResponse>
      statistics;

  FakeInference() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.SetMaxReceiveMessageSize(-1);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeInference() override { server_->Shutdown(); }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  grpc::Status ModelInfer(grpc::ServerContext* context,
                          const inference::ModelInferRequest* request,
                          inference::ModelInferResponse* response) override {
    return infer(*context, *request, *response);
  }

  grpc::Status ModelMetadata(
      grpc::ServerContext* context,
      const inference::ModelMetadataRequest* request,
      inference::ModelMetadataResponse* response) override {
    return metadata(*context, *request, *response);
  }

  grpc::Status ModelStatistics(
      grpc::ServerContext* context,
      const inference::ModelStatisticsRequest* request,
      inference::ModelStatisticsResponse* response) override {
    return statistics(*context, *request, *response);
  }

  grpc::Status ServerMetadata(
      grpc::ServerContext* /*context*/,
      const inference::ServerMetadataRequest* /*request*/,
      inference::ServerMetadataResponse* response) override {
    response->set_name("fake");
    response->add_extensions("classification");
    return grpc::Status::OK;
  }

  grpc::Status RepositoryIndex(
      grpc::ServerContext* /*context*/,
      const inference::RepositoryIndexRequest* /*request*/,
      inference::RepositoryIndexResponse* response) override {
    response->add_models()->set_name("m");
    return grpc::Status::OK;
  }

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace wanwu::test
