#pragma once

#include <chrono>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/lib/call_options.h"
#include "gateway/http/exchange.h"

namespace wanwu::gateway {

// How long a caller may wait unless X-Request-Timeout-Ms says otherwise.
enum class DefaultDeadline { kNone, kConfigured };

// What every call to the server carries.
struct CallDefaults {
  std::chrono::milliseconds timeout{30'000};
};

// The options of the call that an HTTP request causes, which begins now: its
// deadline from X-Request-Timeout-Ms, its priority from X-Wanwu-Priority; its
// request id, its trace context and, as wanwu-client, its caller's IP address
// as metadata. `method` is such as "wanwu.v1.ImageClassifier/Classify".
// INVALID_ARGUMENT names a header that is wrong.
absl::StatusOr<client::CallOptions> CallOptionsFor(
    Exchange& exchange, std::string_view method, const CallDefaults& defaults,
    DefaultDeadline default_deadline);

}  // namespace wanwu::gateway
