#pragma once

#include <string>

#include "absl/status/status.h"
#include "server/errors/service_error.h"

namespace wanwu::pipeline {

inline absl::Status DeadlineExceededError() {
  return errors::ServiceError(absl::StatusCode::kDeadlineExceeded,
                              errors::kDeadlineExceeded,
                              "the deadline would pass before the answer");
}

inline absl::Status CancelledError() {
  return errors::ServiceError(absl::StatusCode::kCancelled, errors::kCancelled,
                              "the caller cancelled the request");
}

// The process, not the picture, is at fault: a later try may succeed.
inline absl::Status OutOfMemoryError() {
  return errors::ServiceError(absl::StatusCode::kResourceExhausted,
                              errors::kOutOfMemory,
                              "the server is short of memory",
                              {{std::string(errors::kRetryDelayMs), "1000"}});
}

}  // namespace wanwu::pipeline
