#include "gateway/http/cors.h"

namespace wanwu::gateway {
namespace {

constexpr char kRequestHeaders[] =
    "Content-Type, X-Request-Timeout-Ms, X-Request-Id, traceparent, "
    "X-Wanwu-Priority";
constexpr char kResponseHeaders[] = "Retry-After, X-Request-Id, traceparent";

}  // namespace

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
