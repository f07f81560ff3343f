#pragma once

#include <array>
#include <string_view>

#include "absl/status/status.h"
#include "server/errors/service_error.h"

namespace wanwu::errors {

struct ReasonWithCode {
  std::string_view reason;
  absl::StatusCode code;
};

// Every reason with the code that it comes with, for what must know all of them
// from the start, such as metrics.
inline constexpr std::array kReasons = {
    ReasonWithCode{kImageEmpty, absl::StatusCode::kInvalidArgument},
    ReasonWithCode{kImageDecodeFailed, absl::StatusCode::kInvalidArgument},
    ReasonWithCode{kImageUnsupported, absl::StatusCode::kInvalidArgument},
    ReasonWithCode{kImageTooLarge, absl::StatusCode::kInvalidArgument},
    ReasonWithCode{kFieldInvalid, absl::StatusCode::kInvalidArgument},
    ReasonWithCode{kMessageMalformed, absl::StatusCode::kInvalidArgument},
    ReasonWithCode{kModelNotFound, absl::StatusCode::kNotFound},
    ReasonWithCode{kModelNotReady, absl::StatusCode::kUnavailable},
    ReasonWithCode{kModelLoadFailed, absl::StatusCode::kFailedPrecondition},
    ReasonWithCode{kQueueFull, absl::StatusCode::kResourceExhausted},
    ReasonWithCode{kQueueBytesFull, absl::StatusCode::kResourceExhausted},
    ReasonWithCode{kQueueWaitTooLong, absl::StatusCode::kResourceExhausted},
    ReasonWithCode{kTooManyWatches, absl::StatusCode::kResourceExhausted},
    ReasonWithCode{kTokenMissing, absl::StatusCode::kUnauthenticated},
    ReasonWithCode{kTokenUnknown, absl::StatusCode::kUnauthenticated},
    ReasonWithCode{kRoleNotAllowed, absl::StatusCode::kPermissionDenied},
    ReasonWithCode{kNameNotAllowed, absl::StatusCode::kPermissionDenied},
    ReasonWithCode{kDraining, absl::StatusCode::kUnavailable},
    ReasonWithCode{kDeadlineExceeded, absl::StatusCode::kDeadlineExceeded},
    ReasonWithCode{kDeadlineUnreachable, absl::StatusCode::kDeadlineExceeded},
    ReasonWithCode{kReceiveTimeout, absl::StatusCode::kDeadlineExceeded},
    ReasonWithCode{kCancelled, absl::StatusCode::kCancelled},
    ReasonWithCode{kInferenceFailed, absl::StatusCode::kInternal},
    ReasonWithCode{kInternal, absl::StatusCode::kInternal},
    ReasonWithCode{kOutOfMemory, absl::StatusCode::kResourceExhausted},
};

}  // namespace wanwu::errors
