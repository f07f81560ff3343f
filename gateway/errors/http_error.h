#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace wanwu::gateway {

// An error as HTTP tells it.
struct HttpError {
  int status = 500;

  // On one line.
  std::string body;

  // Seconds, for the header Retry-After.
  std::optional<int> retry_after = {};
};

enum class ErrorForm {
  // {"error": {"code", "status", "message", "details"}}, as AIP-193 has it.
  kOwn,
  // {"error": MESSAGE, "code", "status", "details"}: the Open Inference
  // Protocol wants a string there.
  kInference,
};

// How errors of a request for that path are told.
ErrorForm ErrorFormOf(std::string_view path);

// Of any error of the server, the client library or the gateway. Tells nothing
// of their insides; the log does.
HttpError ToHttpError(const absl::Status& status,
                      ErrorForm form = ErrorForm::kOwn);

// Not the caller's: its HTTP status is 5xx.
bool IsFault(const absl::Status& status);

// The inside of "error": {"code", "status", "message", "details"}.
std::string ErrorObject(const absl::Status& status);

}  // namespace wanwu::gateway
