#pragma once

#include <grpcpp/grpcpp.h>

#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace wanwu::test_support {

// What a failed call carries in grpc-status-details-bin.
google::rpc::Status DetailsOf(const grpc::Status& status);

// The detail of that type; empty if there is none.
template <typename Detail>
std::optional<Detail> FindDetail(const google::rpc::Status& status) {
  Detail detail;
  for (const auto& packed : status.details()) {
    if (packed.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

// ErrorInfo's reason; empty if there is none.
std::string ReasonOf(const google::rpc::Status& status);
std::string ReasonOf(const grpc::Status& status);

}  // namespace wanwu::test_support
