#include "tests/client/support/fake_server.h"

#include <grpc/grpc.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <cstdlib>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace wanwu::test {
namespace {

const grpc::Status kNoScript(grpc::StatusCode::UNIMPLEMENTED, "no script");

google::rpc::Status DetailsOf(const grpc::Status& error) {
  google::rpc::Status details;
  details.ParseFromString(error.error_details());
  return details;
}

}  // namespace

class FakeServer::Classifier final : public v1::ImageClassifier::Service {
 public:
  explicit Classifier(const Script& script) : script_(script) {}

  grpc::Status Classify(grpc::ServerContext* context,
                        const v1::ClassifyRequest* request,
                        v1::ClassifyResponse* response) override {
    if (!script_.classify) return kNoScript;
    return script_.classify(*context, *request, *response);
  }

  grpc::Status ClassifyBatch(grpc::ServerContext* context,
                             BatchStream* stream) override {
    return script_.batch ? script_.batch(*context, *stream) : kNoScript;
  }

  grpc::Status ListModels(grpc::ServerContext* /*context*/,
                          const v1::ListModelsRequest* /*request*/,
                          v1::ListModelsResponse* response) override {
    return script_.list_models ? script_.list_models(*response) : kNoScript;
  }

  grpc::Status GetModel(grpc::ServerContext* /*context*/,
                        const v1::GetModelRequest* request,
                        v1::Model* response) override {
    return script_.get_model ? script_.get_model(*request, *response)
                             : kNoScript;
  }

  grpc::Status WatchStatus(grpc::ServerContext* context,
                           const v1::WatchStatusRequest* /*request*/,
                           StatusWriter* writer) override {
    return script_.watch_status ? script_.watch_status(*context, *writer)
                                : kNoScript;
  }

 private:
  const Script& script_;
};

class FakeServer::Health final : public grpc::health::v1::Health::Service {
 public:
  explicit Health(const Script& script) : script_(script) {}

  grpc::Status Check(grpc::ServerContext* /*context*/,
                     const grpc::health::v1::HealthCheckRequest* request,
                     HealthReply* response) override {
    return script_.check ? script_.check(request->service(), *response)
                         : kNoScript;
  }

  grpc::Status Watch(grpc::ServerContext* /*context*/,
                     const grpc::health::v1::HealthCheckRequest* request,
                     HealthWriter* writer) override {
    return script_.watch ? script_.watch(request->service(), *writer)
                         : kNoScript;
  }

 private:
  const Script& script_;
};

FakeServer::FakeServer(Script script, const std::string& address)
    : script_(std::move(script)),
      classifier_(std::make_unique<Classifier>(script_)),
      health_(std::make_unique<Health>(script_)) {
  // Never given back: gRPC's own end may take ten seconds in each test.
  grpc_init();
  constexpr int kTransportLimit = 20 << 20;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kTransportLimit);
  builder.AddListeningPort(address.empty() ? "127.0.0.1:0" : address,
                           grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(classifier_.get());
  builder.RegisterService(health_.get());
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) std::abort();
  address_ = address.empty() ? "127.0.0.1:" + std::to_string(port) : address;
}

FakeServer::~FakeServer() {
  server_->Shutdown(std::chrono::system_clock::now());
}

grpc::Status ErrorWithReason(grpc::StatusCode code, const std::string& reason,
                             const std::string& message) {
  google::rpc::ErrorInfo cause;
  cause.set_reason(reason);
  cause.set_domain("wanwu");
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(message);
  details.add_details()->PackFrom(cause);
  return {code, message, details.SerializeAsString()};
}

v1::ClassifyBatchResponse ErrorAnswer(const std::string& id,
                                      const grpc::Status& error) {
  v1::ClassifyBatchResponse answer;
  answer.set_id(id);
  *answer.mutable_error() = DetailsOf(error);
  return answer;
}

v1::ClassifyBatchResponse QueueFullAnswer(
    const std::string& id, std::chrono::milliseconds retry_delay) {
  v1::ClassifyBatchResponse answer =
      ErrorAnswer(id, ErrorWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                      "QUEUE_FULL", "the queue is full"));
  google::rpc::RetryInfo retry;
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(retry_delay);
  retry.mutable_retry_delay()->set_seconds(seconds.count());
  retry.mutable_retry_delay()->set_nanos(static_cast<int>(
      std::chrono::nanoseconds(retry_delay - seconds).count()));
  answer.mutable_error()->add_details()->PackFrom(retry);
  return answer;
}

v1::ClassifyResponse LabelResponse(const std::string& label) {
  v1::ClassifyResponse response;
  v1::Classification& first = *response.add_classifications();
  first.set_index(281);
  first.set_label(label);
  first.set_wordnet_id("n02123045");
  first.set_probability(0.93F);
  response.set_model("resnet18");
  response.set_model_version("1");
  response.set_precision("int8");
  response.mutable_timings()->mutable_total()->set_nanos(12'000'000);
  response.mutable_timings()->set_batch_size(1);
  return response;
}

v1::ClassifyBatchResponse LabelAnswer(const std::string& id,
                                      const std::string& label) {
  v1::ClassifyBatchResponse answer;
  answer.set_id(id);
  *answer.mutable_response() = LabelResponse(label);
  return answer;
}

grpc::Status EchoBatch(grpc::ServerContext& /*context*/, BatchStream& stream) {
  v1::ClassifyBatchRequest picture;
  while (stream.Read(&picture)) {
    const std::string& image = picture.request().image();
    stream.Write(image == "bad"
                     ? ErrorAnswer(picture.id(),
                                   ErrorWithReason(
                                       grpc::StatusCode::INVALID_ARGUMENT,
                                       "IMAGE_DECODE_FAILED", "not a picture"))
                     : LabelAnswer(picture.id(), image));
  }
  return grpc::Status::OK;
}

}  // namespace wanwu::test
