#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"

// Errors of the gateway have the same form as the server's: a canonical code
// and google.rpc details that client::DescribeError() takes apart.
namespace wanwu::gateway {

inline constexpr char kGatewayDomain[] = "wanwu.gateway";

// Reasons that have an HTTP status of their own; see http_error.cc.
inline constexpr char kBodyTooLarge[] = "BODY_TOO_LARGE";
inline constexpr char kContentTypeUnsupported[] = "CONTENT_TYPE_UNSUPPORTED";
inline constexpr char kExpectationFailed[] = "EXPECTATION_FAILED";
inline constexpr char kImageTooLarge[] = "IMAGE_TOO_LARGE";
inline constexpr char kHeadersTooLarge[] = "HEADERS_TOO_LARGE";
inline constexpr char kMethodNotAllowed[] = "METHOD_NOT_ALLOWED";
inline constexpr char kRequestTimeout[] = "REQUEST_TIMEOUT";

// Reasons that have the status of their code.
inline constexpr char kAnswerTimeout[] = "ANSWER_TIMEOUT";
inline constexpr char kBufferFull[] = "BUFFER_FULL";
inline constexpr char kConnectionsFull[] = "CONNECTIONS_FULL";
inline constexpr char kDraining[] = "DRAINING";
inline constexpr char kFieldInvalid[] = "FIELD_INVALID";
inline constexpr char kFormMalformed[] = "FORM_MALFORMED";
inline constexpr char kHangUp[] = "CLIENT_CLOSED_REQUEST";
inline constexpr char kHostNotAllowed[] = "HOST_NOT_ALLOWED";
inline constexpr char kHttpMalformed[] = "HTTP_MALFORMED";
inline constexpr char kInternal[] = "INTERNAL";
inline constexpr char kJsonMalformed[] = "JSON_MALFORMED";
inline constexpr char kOriginNotAllowed[] = "ORIGIN_NOT_ALLOWED";
inline constexpr char kPathNotFound[] = "PATH_NOT_FOUND";
inline constexpr char kServerNotServing[] = "SERVER_NOT_SERVING";
inline constexpr char kServerUnreachable[] = "SERVER_UNREACHABLE";

using ErrorMetadata = std::map<std::string, std::string>;

absl::Status GatewayError(absl::StatusCode code, std::string_view reason,
                          std::string_view message,
                          const ErrorMetadata& metadata = {});

// UNAVAILABLE: requests in flight hold all of the `limit` bytes.
absl::Status BufferFullError(std::size_t limit);

// INVALID_ARGUMENT: a picture of more than `limit` encoded bytes.
absl::Status ImageTooLargeError(std::size_t limit);

// INVALID_ARGUMENT: what of the caller's is wrong, and why.
absl::Status FieldError(std::string_view field, std::string_view message);

bool HasReason(const absl::Status& status, std::string_view reason);

}  // namespace wanwu::gateway
