#pragma once

#include <functional>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wanwu::client {

// A call under way. It goes on when this is let go of.
class AsyncCall {
 public:
  virtual ~AsyncCall() = default;

  // Ends the call with CANCELLED, unless it has ended. Thread-safe.
  virtual void Cancel() = 0;
};

// Told once, on one of gRPC's threads. Must not block.
template <typename Response>
using OnResponse = std::function<void(absl::StatusOr<Response>)>;

// The last event of a stream.
struct StreamEnd {
  absl::Status status;
};

// Told of each message and then of the end, on gRPC's threads, one event at a
// time. Must not block.
template <typename Message>
using OnStreamEvent = std::function<void(std::variant<Message, StreamEnd>)>;

}  // namespace wanwu::client
