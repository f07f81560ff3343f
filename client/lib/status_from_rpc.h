#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace wanwu::client {

// Type of the status payload that holds an error's details.
inline constexpr char kDetailsUrl[] = "type.googleapis.com/google.rpc.Status";

// Both keep the error's details for DescribeError().

// A finished call's status; the details are its trailer
// "grpc-status-details-bin".
absl::Status StatusFrom(const grpc::Status& status);

// The error of one picture in a stream. Never OK.
absl::Status StatusFrom(const google::rpc::Status& error);

}  // namespace wanwu::client
