#include "gateway/api/compressed_body.h"

#include "absl/strings/match.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {

absl::Status CheckNotCompressed(const RequestHead& head) {
  const std::string_view coding = head.Header("Content-Encoding");
  if (coding.empty() ||
      absl::EqualsIgnoreCase({coding.data(), coding.size()}, "identity")) {
    return absl::OkStatus();
  }
  return GatewayError(absl::StatusCode::kInvalidArgument,
                      kContentTypeUnsupported,
                      "Content-Encoding is not supported");
}

}  // namespace wanwu::gateway
