#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace wanwu::client {

// ErrorInfo's domain of errors that this library makes itself.
inline constexpr char kClientDomain[] = "wanwu.client";

// A failed call, taken apart.
struct RpcError {
  // Canonical name, such as "INVALID_ARGUMENT".
  std::string code;

  // ErrorInfo's reason, such as "IMAGE_TOO_LARGE". Empty if the error carries
  // none, as those of the transport and of proxies.
  std::string reason;

  // "wanwu" for the server's errors, kClientDomain for this library's.
  std::string domain;

  std::string message;

  // ErrorInfo's metadata, such as "value" and "limit".
  std::map<std::string, std::string> metadata;

  // How long to wait before trying again, if the server said so.
  std::optional<std::chrono::nanoseconds> retry_delay;
};

// Takes apart a status that any call of this library returned. For an OK status
// the code is "OK" and the rest empty.
RpcError DescribeError(const absl::Status& status);

// A status whose parts DescribeError() gives back. Its code is `code`; that of
// `error` and the retry delay are not looked at.
absl::Status MakeError(absl::StatusCode code, const RpcError& error);

// The same of kClientDomain.
absl::Status MakeError(absl::StatusCode code, std::string_view reason,
                       std::string_view message);

}  // namespace wanwu::client
