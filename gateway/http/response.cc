#include "gateway/http/response.h"

// clang-format off
// Boost 1.81's status.hpp needs it and does not include it.
#include <ostream>
// clang-format on

#include <boost/beast/http/status.hpp>
#include <ctime>

#include "absl/strings/str_cat.h"

namespace wanwu::gateway {
namespace {

void AppendHeader(std::string& text, std::string_view name,
                  std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

Response JsonResponse(std::string json) {
  return {.headers = {{"Content-Type", "application/json"},
                      {"Cache-Control", "no-store"}},
          .body = std::move(json)};
}

Response ErrorResponse(HttpError error) {
  Response response = JsonResponse(std::move(error.body));
  response.status = error.status;
  if (error.retry_after.has_value()) {
    response.headers.emplace_back("Retry-After",
                                  absl::StrCat(*error.retry_after));
  }
  return response;
}

std::string RenderHead(std::string_view version, const Response& response,
                       const Headers& more) {
  std::string text(version);
  absl::StrAppend(&text, " ", response.status, " ");
  text.append(StatusText(response.status)).append("\r\n");
  AppendHeader(text, "Date", HttpDate());
  // No answer is anything but what its Content-Type says.
  AppendHeader(text, "X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) {
    AppendHeader(text, name, value);
  }
  for (const auto& [name, value] : more) AppendHeader(text, name, value);
  return text.append("\r\n");
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
