#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/lib/call_options.h"
#include "client/lib/channel.h"
#include "wanwu/v1/admin.grpc.pb.h"

namespace wanwu::client {

// A client of one wanwu-server's admin listener. Calls block and never retry;
// those on models end when the server is done, which goes on with them if the
// caller does not wait so long. Thread-safe.
class AdminClient {
 public:
  // Does not connect yet.
  explicit AdminClient(const ChannelOptions& options);

  // As ClassifierClient::Connect().
  [[nodiscard]] absl::Status Connect(Deadline deadline);

  // An empty version: as the server's policy wants.
  absl::Status LoadModel(const std::string& name, const std::string& version,
                         Deadline deadline);

  // An empty version: all.
  absl::Status UnloadModel(const std::string& name, const std::string& version,
                           Deadline deadline);

  absl::Status SetDefaultModel(const std::string& name, Deadline deadline);

  absl::StatusOr<v1::GetStatusResponse> GetStatus(Deadline deadline);

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Admin::Stub> admin_;
};

}  // namespace wanwu::client
