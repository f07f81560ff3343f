#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "grpc/health/v1/health.grpc.pb.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::test {

using BatchStream = grpc::ServerReaderWriter<v1::ClassifyBatchResponse,
                                             v1::ClassifyBatchRequest>;
using StatusWriter = grpc::ServerWriter<v1::ServerStatus>;
using HealthReply = grpc::health::v1::HealthCheckResponse;
using HealthWriter = grpc::ServerWriter<HealthReply>;

// What the fake server does in each call. A call without a script is
// UNIMPLEMENTED.
struct Script {
  std::function<grpc::Status(grpc::ServerContext&, const v1::ClassifyRequest&,
                             v1::ClassifyResponse&)>
      classify = {};
  std::function<grpc::Status(grpc::ServerContext&, BatchStream&)> batch = {};
  std::function<grpc::Status(v1::ListModelsResponse&)> list_models = {};
  std::function<grpc::Status(const v1::GetModelRequest&, v1::Model&)>
      get_model = {};
  std::function<grpc::Status(grpc::ServerContext&, StatusWriter&)>
      watch_status = {};
  std::function<grpc::Status(const std::string& service, HealthReply&)> check =
      {};
  std::function<grpc::Status(const std::string& service, HealthWriter&)> watch =
      {};
};

// A server on a free port of 127.0.0.1, or on a unix socket. Its destructor
// cancels the calls that are under way and waits for their scripts.
class FakeServer {
 public:
  explicit FakeServer(Script script, const std::string& address = "");
  ~FakeServer();

  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  const std::string& address() const { return address_; }

 private:
  class Classifier;
  class Health;

  const Script script_;
  std::unique_ptr<Classifier> classifier_;
  std::unique_ptr<Health> health_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

// An error as wanwu-server makes them: with an ErrorInfo of the domain "wanwu".
grpc::Status ErrorWithReason(grpc::StatusCode code, const std::string& reason,
                             const std::string& message);

// The same as the answer to one picture of a stream.
v1::ClassifyBatchResponse ErrorAnswer(const std::string& id,
                                      const grpc::Status& error);

// QUEUE_FULL, to be tried again after `retry_delay`.
v1::ClassifyBatchResponse QueueFullAnswer(
    const std::string& id, std::chrono::milliseconds retry_delay);

// One class whose label is `label`.
v1::ClassifyResponse LabelResponse(const std::string& label);
v1::ClassifyBatchResponse LabelAnswer(const std::string& id,
                                      const std::string& label);

// Answers each picture of a stream with its own bytes as the label, "bad"
// pictures with IMAGE_DECODE_FAILED.
grpc::Status EchoBatch(grpc::ServerContext& context, BatchStream& stream);

}  // namespace wanwu::test
