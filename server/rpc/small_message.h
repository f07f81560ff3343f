#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/grpcpp.h>

#include <chrono>

#include "absl/status/status.h"
#include "server/rpc/timed_read.h"

namespace wanwu::rpc {

// Parses what was received of a call that takes no picture, and empties
// `message`. Beyond kMaxBytesBesideImage it is refused unparsed. Errors: those
// of ReceiveError, MESSAGE_MALFORMED.
absl::Status ParseSmallMessage(TimedRead::Result received,
                               std::chrono::microseconds timeout,
                               grpc::ByteBuffer& message,
                               google::protobuf::MessageLite& parsed);

}  // namespace wanwu::rpc
