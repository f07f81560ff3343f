#include "gateway/errors/gateway_error.h"

#include "absl/strings/str_cat.h"
#include "client/lib/rpc_error.h"

namespace wanwu::gateway {

absl::Status GatewayError(absl::StatusCode code, std::string_view reason,
                          std::string_view message,
                          const ErrorMetadata& metadata) {
  client::RpcError error;
  error.reason = std::string(reason);
  error.domain = kGatewayDomain;
  error.message = std::string(message);
  error.metadata = metadata;
  return client::MakeError(code, error);
}

absl::Status BufferFullError(std::size_t limit) {
  return GatewayError(
      absl::StatusCode::kUnavailable, kBufferFull,
      absl::StrCat("requests in flight hold all of the gateway's ", limit,
                   " buffer bytes"),
      {{"limit", absl::StrCat(limit)}});
}

absl::Status ImageTooLargeError(std::size_t limit) {
  return GatewayError(
      absl::StatusCode::kInvalidArgument, kImageTooLarge,
      absl::StrCat("the picture exceeds ", limit, " encoded bytes"),
      {{"limit", absl::StrCat(limit)}});
}

absl::Status FieldError(std::string_view field, std::string_view message) {
  return GatewayError(
      absl::StatusCode::kInvalidArgument, kFieldInvalid,
      absl::StrCat(std::string(field), ": ", std::string(message)),
      {{"field", std::string(field)}});
}

bool HasReason(const absl::Status& status, std::string_view reason) {
  return client::DescribeError(status).reason == reason;
}

}  // namespace wanwu::gateway
