#pragma once

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/test_server.h"

namespace wanwu::rpc {

// One ClassifyBatch stream, used synchronously.
class BatchClient {
 public:
  using Response = wanwu::v1::ClassifyBatchResponse;

  explicit BatchClient(test_support::TestServer& server) {
    test_support::SetTestDeadline(context_);
    stream_ = server.stub().ClassifyBatch(&context_);
  }

  bool Send(const wanwu::v1::ClassifyBatchRequest& request) {
    return stream_->Write(request);
  }
  bool Send(const std::string& id, int picture) {
    return Send(test_support::BatchRequestFor(id, picture));
  }
  void HalfClose() { stream_->WritesDone(); }
  void Cancel() { context_.TryCancel(); }

  // The next answer; empty at the stream's end.
  std::optional<Response> Receive() {
    Response response;
    if (!stream_->Read(&response)) return std::nullopt;
    return response;
  }

  // All answers until the stream's end, by id.
  std::map<std::string, Response> ReceiveAll() {
    std::map<std::string, Response> answers;
    while (const auto response = Receive()) {
      answers[response->id()] = *response;
    }
    return answers;
  }

  // After the last answer.
  grpc::Status Finish() { return stream_->Finish(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriter<wanwu::v1::ClassifyBatchRequest, Response>>
      stream_;
};

// The most probable class; -1 for an error.
inline int BestOf(const BatchClient::Response& answer) {
  return answer.has_response() ? answer.response().classifications(0).index()
                               : -1;
}

}  // namespace wanwu::rpc
