#include "client/lib/rpc_error.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "client/lib/proto_json.h"
#include "client/lib/status_from_rpc.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace wanwu::client {
namespace {

// Keeps a senseless delay from overflowing: a little over 30 years.
constexpr int64_t kMaxDelaySeconds = 1'000'000'000;

std::chrono::nanoseconds DelayFrom(const google::protobuf::Duration& delay) {
  const int64_t seconds =
      std::clamp<int64_t>(delay.seconds(), 0, kMaxDelaySeconds);
  return std::chrono::seconds(seconds) +
         std::chrono::nanoseconds(std::max(delay.nanos(), 0));
}

void Describe(const google::protobuf::Any& detail, RpcError& error) {
  google::rpc::ErrorInfo cause;
  google::rpc::RetryInfo retry;
  if (detail.UnpackTo(&cause)) {
    error.reason = cause.reason();
    error.domain = cause.domain();
    error.metadata = {cause.metadata().begin(), cause.metadata().end()};
  } else if (detail.UnpackTo(&retry)) {
    error.retry_delay = DelayFrom(retry.retry_delay());
  }
}

// Protobuf's strings must be UTF-8; what is not becomes U+FFFD.
std::string Utf8(const std::string& text) {
  return nlohmann::json::parse(JsonString(text)).get<std::string>();
}

}  // namespace

RpcError DescribeError(const absl::Status& status) {
  RpcError error;
  error.code = absl::StatusCodeToString(status.code());
  error.message = std::string(status.message());

  const auto payload = status.GetPayload(kDetailsUrl);
  google::rpc::Status details;
  if (payload && details.ParseFromString(std::string(*payload))) {
    for (const auto& detail : details.details()) Describe(detail, error);
  }
  return error;
}

absl::Status MakeError(absl::StatusCode code, const RpcError& error) {
  google::rpc::ErrorInfo cause;
  cause.set_reason(error.reason);
  cause.set_domain(error.domain);
  for (const auto& [key, value] : error.metadata) {
    (*cause.mutable_metadata())[Utf8(key)] = Utf8(value);
  }

  google::rpc::Status details;
  details.set_code(static_cast<int>(code));
  details.set_message(Utf8(error.message));
  details.add_details()->PackFrom(cause);
  return StatusFrom(details);
}

absl::Status MakeError(absl::StatusCode code, std::string_view reason,
                       std::string_view message) {
  RpcError error;
  error.reason = std::string(reason);
  error.domain = kClientDomain;
  error.message = std::string(message);
  return MakeError(code, error);
}

}  // namespace wanwu::client
