#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/http/request_head.h"
#include "gateway/http/response.h"

namespace wanwu::gateway {

// Which pages of other origins may use the API from a browser.
class CorsPolicy {
 public:
  CorsPolicy() = default;
  // Origins such as "https://example.org", or "*" for all.
  explicit CorsPolicy(std::set<std::string> origins)
      : origins_(std::move(origins)) {}

  // PERMISSION_DENIED for what a browser sends for a page of another origin
  // that is not allowed. Following a link to a page of ours is.
  absl::Status Check(const RequestHead& head) const;

  // For every response.
  Headers HeadersFor(const RequestHead& head) const;

  // Besides, for an OPTIONS that a browser sends before the real request.
  Headers PreflightHeadersFor(const RequestHead& head,
                              const std::string& methods) const;

 private:
  // What Access-Control-Allow-Origin must say; empty: not allowed.
  std::string AllowedOrigin(const RequestHead& head) const;

  std::set<std::string> origins_;
};

}  // namespace wanwu::gateway
