#include "gateway/http/response.h"

// clang-format off
// Boost 1.81's status.hpp needs it and does not include it.
#include <ostream>
// clang-format on

#include <boost/beast/http/status.hpp>
#include <ctime>

namespace wanwu::gateway {

Response JsonResponse(std::string json) {
  return {.headers = {{"Content-Type", "application/json"},
                      {"Cache-Control", "no-store"}},
          .body = std::move(json)};
}

std::string_view StatusText(int status) {
  // nginx's, for a caller who has gone; no registered status says it.
  if (status == 499) return "Client Closed Request";
  const auto text = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  return {text.data(), text.size()};
}

std::string HttpDate() {
  const std::time_t now = std::time(nullptr);
  std::tm utc = {};
  gmtime_r(&now, &utc);
  char text[32];
  const std::size_t size =
      std::strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text, size};
}

}  // namespace wanwu::gateway
