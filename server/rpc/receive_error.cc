#include "server/rpc/receive_error.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"

namespace wanwu::rpc {

absl::Status ReceiveError(TimedRead::Result result,
                          std::chrono::microseconds timeout) {
  if (result == TimedRead::Result::kEnd) {
    return errors::ServiceError(
        absl::StatusCode::kInvalidArgument, errors::kMessageMalformed,
        "the call has no message, or none that can be read");
  }
  const std::string limit_ms = absl::StrCat(
      std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count());
  return errors::ServiceError(
      absl::StatusCode::kDeadlineExceeded, errors::kReceiveTimeout,
      absl::StrCat("the message did not come within ", limit_ms, " ms"),
      {{std::string(errors::kLimit), limit_ms}});
}

}  // namespace wanwu::rpc
