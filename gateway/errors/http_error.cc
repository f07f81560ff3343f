#include "gateway/errors/http_error.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "client/lib/proto_json.h"
#include "client/lib/rpc_error.h"
#include "client/lib/status_from_rpc.h"
#include "gateway/errors/gateway_error.h"
#include "google/rpc/error_details.pb.h"  // Lets details be written out by type.
#include "google/rpc/status.pb.h"

namespace wanwu::gateway {
namespace {

// google/rpc/code.proto names an HTTP status for each code.
int StatusOfCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kCancelled:
      return 499;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

int StatusOf(const absl::Status& status, const std::string& reason) {
  static const auto& by_reason = *new std::map<std::string_view, int>{
      {kMethodNotAllowed, 405},
      {kRequestTimeout, 408},
      {kBodyTooLarge, 413},
      {kImageTooLarge, 413},
      {kContentTypeUnsupported, 415},
      {"IMAGE_UNSUPPORTED", 415},
      {kExpectationFailed, 417},
      {kHeadersTooLarge, 431},
      // The server does not let the gateway in, whoever asks it.
      {"TOKEN_MISSING", 502},
      {"TOKEN_UNKNOWN", 502},
      {"ROLE_NOT_ALLOWED", 502},
      {"NAME_NOT_ALLOWED", 502},
  };
  const auto found = by_reason.find(reason);
  return found != by_reason.end() ? found->second : StatusOfCode(status.code());
}

// What the caller is told. Texts of faults, and those that gRPC and proxies
// make up, name addresses, files and insides: they are for the log.
std::string TextFor(const absl::Status& status, const client::RpcError& error) {
  switch (status.code()) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      return "an internal fault; the log of the gateway says more";
    default:
      break;
  }
  if (!error.reason.empty()) return error.message;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
      return "the server cannot be reached";
    case absl::StatusCode::kDeadlineExceeded:
      return "the server did not answer within the deadline";
    default:
      return absl::StrCat("the call to the server failed with ", error.code);
  }
}

// Of an error without details, which the transport or a proxy made.
absl::Status WithDetails(const absl::Status& status,
                         const client::RpcError& error) {
  const bool unreachable = absl::IsUnavailable(status);
  return GatewayError(status.code(),
                      unreachable ? kServerUnreachable : error.code,
                      error.message);
}

// The details that the error carries, written out; there is always a reason.
std::string DetailsJson(const absl::Status& status,
                        const client::RpcError& error) {
  google::rpc::Status details;
  const auto payload = status.GetPayload(client::kDetailsUrl);
  if (!payload || !details.ParseFromString(std::string(*payload)) ||
      details.details().empty()) {
    const absl::Status detailed = WithDetails(status, error);
    return DetailsJson(detailed, error);
  }
  std::string json;
  for (const auto& detail : details.details()) {
    if (detail.Is<google::rpc::DebugInfo>()) continue;
    const std::string written = client::ToJson(detail);
    // Of a type that is not linked: nothing of it could be read.
    if (written == "{}") continue;
    absl::StrAppend(&json, json.empty() ? "" : ",", written);
  }
  return absl::StrCat("[", json, "]");
}

std::optional<int> RetryAfter(const client::RpcError& error, int status) {
  if (error.retry_delay.has_value()) {
    const auto seconds =
        std::chrono::ceil<std::chrono::seconds>(*error.retry_delay);
    return std::max(1, static_cast<int>(seconds.count()));
  }
  // Nothing said when: soon, since a server starts within seconds.
  if (status == 429 || status == 503) return 1;
  return std::nullopt;
}

std::string Body(const absl::Status& status, const client::RpcError& error,
                 ErrorForm form) {
  const std::string code =
      absl::StrCat("\"code\":", StatusOf(status, error.reason),
                   ",\"status\":", client::JsonString(error.code));
  const std::string message = client::JsonString(TextFor(status, error));
  const std::string details =
      absl::StrCat("\"details\":", DetailsJson(status, error));
  if (form == ErrorForm::kInference) {
    return absl::StrCat("{\"error\":", message, ",", code, ",", details, "}");
  }
  return absl::StrCat("{", code, ",\"message\":", message, ",", details, "}");
}

}  // namespace

std::string ErrorObject(const absl::Status& status) {
  return Body(status, client::DescribeError(status), ErrorForm::kOwn);
}

bool IsFault(const absl::Status& status) {
  return StatusOf(status, client::DescribeError(status).reason) >= 500;
}

ErrorForm ErrorFormOf(std::string_view path) {
  return path == "/v2" || path.starts_with("/v2/") ? ErrorForm::kInference
                                                   : ErrorForm::kOwn;
}

HttpError ToHttpError(const absl::Status& status, ErrorForm form) {
  const client::RpcError error = client::DescribeError(status);
  HttpError http;
  http.status = StatusOf(status, error.reason);
  http.body = Body(status, error, form);
  if (form == ErrorForm::kOwn) {
    http.body = absl::StrCat("{\"error\":", http.body, "}");
  }
  http.body += '\n';
  http.retry_after = RetryAfter(error, http.status);
  return http;
}

}  // namespace wanwu::gateway
