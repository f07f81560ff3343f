#pragma once

#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::client {

// A server's reports on itself. Made by ClassifierClient::WatchStatus(), which
// it must not outlive. For one thread, but for Cancel().
class StatusWatch {
 public:
  StatusWatch(v1::ImageClassifier::Stub& stub,
              std::chrono::milliseconds interval);

  // Cancels what is unfinished.
  ~StatusWatch();

  StatusWatch(const StatusWatch&) = delete;
  StatusWatch& operator=(const StatusWatch&) = delete;

  // Blocks for the next report. nullopt: the stream is over.
  [[nodiscard]] std::optional<v1::ServerStatus> Next();

  // Ends the stream, on any thread.
  void Cancel() { context_.TryCancel(); }

  // How the stream ended. Call it once, after Next() has returned nullopt.
  [[nodiscard]] absl::Status Finish();

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::ServerStatus>> reader_;
};

}  // namespace wanwu::client
