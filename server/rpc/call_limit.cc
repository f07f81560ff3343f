#include "server/rpc/call_limit.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"

namespace wanwu::rpc {

absl::Status CallLimit::Refusal() const {
  return errors::ServiceError(
      absl::StatusCode::kResourceExhausted, errors::kTooManyWatches,
      absl::StrCat("the server is being watched ", most_,
                   " times, which is the limit"),
      {{std::string(errors::kLimit), absl::StrCat(most_)},
       {std::string(errors::kRetryDelayMs), "10000"}});
}

}  // namespace wanwu::rpc
