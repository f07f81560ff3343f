#include "gateway/http/cors.h"

#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

using boost::beast::http::verb;

constexpr char kRequestHeaders[] =
    "Content-Type, X-Request-Timeout-Ms, X-Request-Id, traceparent, "
    "tracestate, "
    "X-Wanwu-Priority";
constexpr char kResponseHeaders[] = "Retry-After, X-Request-Id, traceparent";

// The browser's window goes there.
bool IsNavigation(const RequestHead& head) {
  return (head.method == verb::get || head.method == verb::head) &&
         head.Header("Sec-Fetch-Mode") == "navigate" &&
         head.Header("Sec-Fetch-Dest") == "document";
}

}  // namespace

absl::Status CorsPolicy::Check(const RequestHead& head) const {
  const std::string_view site = head.Header("Sec-Fetch-Site");
  // Another port of the same host is another origin, too.
  const bool elsewhere = site == "cross-site" || site == "same-site";
  if (!elsewhere || IsNavigation(head) || origins_.contains("*") ||
      !AllowedOrigin(head).empty()) {
    return absl::OkStatus();
  }
  return GatewayError(absl::StatusCode::kPermissionDenied, kOriginNotAllowed,
                      "pages of other origins may not use the gateway; its "
                      "operator can allow some: --cors_allow_origins");
}

std::string CorsPolicy::AllowedOrigin(const RequestHead& head) const {
  const std::string origin(head.Header("Origin"));
  if (origin.empty()) return {};
  if (origins_.contains("*")) return "*";
  return origins_.contains(origin) ? origin : std::string();
}

Headers CorsPolicy::HeadersFor(const RequestHead& head) const {
  if (origins_.empty()) return {};
  // The answer depends on it, whether it is there or not.
  Headers headers = {{"Vary", "Origin"}};
  const std::string origin = AllowedOrigin(head);
  if (!origin.empty()) {
    headers.emplace_back("Access-Control-Allow-Origin", origin);
    headers.emplace_back("Access-Control-Expose-Headers", kResponseHeaders);
  }
  return headers;
}

Headers CorsPolicy::PreflightHeadersFor(const RequestHead& head,
                                        const std::string& methods) const {
  if (AllowedOrigin(head).empty() ||
      head.Header("Access-Control-Request-Method").empty()) {
    return {};
  }
  return {{"Access-Control-Allow-Methods", methods},
          {"Access-Control-Allow-Headers", kRequestHeaders},
          {"Access-Control-Max-Age", "600"}};
}

}  // namespace wanwu::gateway
