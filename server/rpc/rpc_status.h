#pragma once

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

// The one table from the server's errors to what a caller sees.
namespace wanwu::rpc {

// With ErrorInfo and the typed detail that belongs to the code; without the
// text of an INTERNAL error. The status must not be OK.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The same, ready for Finish: the details travel in grpc-status-details-bin. OK
// is OK; where there is no memory for the details, the code alone.
grpc::Status ToGrpcStatus(const absl::Status& status) noexcept;

// Adds the trailers that go with the status (grpc-retry-pushback-ms). Before
// Finish.
void AddTrailers(const absl::Status& status, grpc::ServerContext& context);

}  // namespace wanwu::rpc
