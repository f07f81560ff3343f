#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/errors/http_error.h"

namespace wanwu::gateway {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Response {
  int status = 200;
  // Without Content-Length, Connection and Date.
  Headers headers = {};
  std::string body = {};
  // Used instead of `body` where not null: bytes that outlive the process.
  std::string_view static_body = {};

  std::string_view content() const {
    return static_body.data() != nullptr ? static_body : std::string_view(body);
  }
};

Response JsonResponse(std::string json);

// An error, with its Retry-After.
Response ErrorResponse(HttpError error);

// Status line and headers, the empty line included: the response's own, `more`,
// and what every response has.
std::string RenderHead(std::string_view version, const Response& response,
                       const Headers& more);

// The reason phrase, such as "Not Found".
std::string_view StatusText(int status);

// "Sun, 06 Nov 1994 08:49:37 GMT", now.
std::string HttpDate();

}  // namespace wanwu::gateway
