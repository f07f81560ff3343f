#pragma once

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

}  // namespace wanwu::pipeline
