#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/lib/batch_session.h"
#include "client/lib/call_options.h"
#include "client/lib/channel.h"
#include "client/lib/health_watch.h"
#include "client/lib/status_watch.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::client {

// A client of one wanwu-server, over one connection. It is made on first use,
// made again when it breaks, and never goes through an HTTP proxy.
//
// Calls block, and retry only as a service config says. Their errors can be
// taken apart by DescribeError(). Thread-safe.
//
// gRPC 1.51 may take ten seconds to go with the last client of a process after
// large messages; a program that must end at once holds a grpc_init().
class ClassifierClient {
 public:
  // HOST:PORT, [IPV6]:PORT or unix:PATH. Does not connect yet.
  explicit ClassifierClient(const std::string& address)
      : ClassifierClient(ChannelOptions{.address = address}) {}
  explicit ClassifierClient(const ChannelOptions& options);

  // Connects. UNAVAILABLE if nothing answers at the address. Calls do not need
  // it: it tells "no server" from an error of the call.
  [[nodiscard]] absl::Status Connect(Deadline deadline);

  absl::StatusOr<v1::ClassifyResponse> Classify(
      const v1::ClassifyRequest& request, Deadline deadline,
      Priority priority = Priority::kInteractive);

  std::unique_ptr<BatchSession> OpenBatch(const BatchOptions& options);

  absl::StatusOr<v1::ListModelsResponse> ListModels(Deadline deadline);

  // Empty name: the default model. Empty version: the newest that is ready.
  absl::StatusOr<v1::Model> GetModel(const std::string& name,
                                     const std::string& version,
                                     Deadline deadline);

  // Empty service: the server as a whole. NOT_FOUND if the server does not know
  // the service.
  absl::StatusOr<HealthState> CheckHealth(const std::string& service,
                                          Deadline deadline);

  // Unlike the other calls it waits for a server that is not there yet.
  std::unique_ptr<HealthWatch> WatchHealth(const std::string& service,
                                           Deadline deadline);

  // Reports at once, then every `interval`, until it is cancelled. Does not
  // wait for a server that is not there yet.
  std::unique_ptr<StatusWatch> WatchStatus(std::chrono::milliseconds interval);

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ImageClassifier::Stub> classifier_;
  std::unique_ptr<grpc::health::v1::Health::Stub> health_;
};

}  // namespace wanwu::client
