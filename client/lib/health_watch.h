#pragma once

#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace wanwu::client {

using HealthState = grpc::health::v1::HealthCheckResponse::ServingStatus;

// A service's states as they change. Made by ClassifierClient::WatchHealth(),
// which it must not outlive. For one thread.
class HealthWatch {
 public:
  // Blocks until the server is reachable, at most until the deadline. An empty
  // service means the server as a whole.
  HealthWatch(grpc::health::v1::Health::Stub& stub, const std::string& service,
              std::chrono::system_clock::time_point deadline);

  // Cancels what is unfinished.
  ~HealthWatch();

  HealthWatch(const HealthWatch&) = delete;
  HealthWatch& operator=(const HealthWatch&) = delete;

  // Blocks for the next state; the first is the present one. nullopt: the
  // stream is over.
  [[nodiscard]] std::optional<HealthState> Next();

  // How the stream ended. Call it once, after Next() has returned nullopt.
  [[nodiscard]] absl::Status Finish();

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<grpc::health::v1::HealthCheckResponse>>
      reader_;
};

}  // namespace wanwu::client
