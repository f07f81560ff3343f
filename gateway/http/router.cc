#include "gateway/http/router.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using boost::beast::http::verb;

// Where the pattern's parameter begins, or its length if it has none.
std::size_t PrefixLength(std::string_view pattern) {
  return std::min(pattern.find('{'), pattern.size());
}

// HEAD is GET without the content.
verb Effective(verb method) {
  return method == verb::head ? verb::get : method;
}

std::string AllowedMethods(const std::vector<const Route*>& routes) {
  std::string allowed = "OPTIONS";
  for (const Route* route : routes) {
    const auto name = boost::beast::http::to_string(route->method);
    absl::StrAppend(&allowed, ", ", std::string(name));
    if (route->method == verb::get) absl::StrAppend(&allowed, ", HEAD");
  }
  return allowed;
}

}  // namespace

bool Route::Matches(std::string_view path) const {
  const std::size_t prefix = PrefixLength(pattern);
  if (prefix == pattern.size()) return path == pattern;
  return path.size() > prefix &&
         path.starts_with(std::string_view(pattern).substr(0, prefix)) &&
         path.find('/', prefix) == std::string_view::npos;
}

void Router::Add(verb method, std::string pattern, Handler handler) {
  routes_.push_back({method, std::move(pattern), std::move(handler)});
}

std::vector<const Route*> Router::RoutesOf(std::string_view& path) const {
  std::vector<const Route*> found;
  for (const Route& route : routes_) {
    if (route.Matches(path)) found.push_back(&route);
  }
  if (!found.empty() || !path.ends_with('/')) return found;
  path.remove_suffix(1);
  return RoutesOf(path);
}

asio::awaitable<std::string> Router::Handle(Exchange& exchange) const {
  const RequestHead& head = exchange.head();
  for (auto& [name, value] : cors_.HeadersFor(head)) {
    exchange.AddHeader(name, value);
  }
  absl::Status allowed = hosts_.Check(head);
  allowed.Update(cors_.Check(head));
  if (!allowed.ok()) {
    auto refuse = exchange.Fail(std::move(allowed));
    co_await std::move(refuse);
    co_return "";
  }
  std::string_view path = head.path;
  const std::vector<const Route*> routes = RoutesOf(path);
  if (routes.empty()) {
    auto fallback = fallback_(exchange, head.path);
    co_await std::move(fallback);
    co_return "";
  }
  const auto route =
      std::find_if(routes.begin(), routes.end(), [&](const Route* candidate) {
        return candidate->method == Effective(head.method);
      });
  std::string pattern =
      route != routes.end() ? (*route)->pattern : routes.front()->pattern;
  if (route != routes.end()) {
    auto handled = (*route)->handler(
        exchange,
        std::string(path.substr(std::min(path.size(), PrefixLength(pattern)))));
    co_await std::move(handled);
  } else if (head.method == verb::options) {
    auto answered = AnswerOptions(exchange, AllowedMethods(routes));
    co_await std::move(answered);
  } else {
    exchange.AddHeader("Allow", AllowedMethods(routes));
    auto failed = exchange.Fail(GatewayError(
        absl::StatusCode::kUnimplemented, kMethodNotAllowed,
        absl::StrCat(head.path, " does not take ", head.method_text)));
    co_await std::move(failed);
  }
  co_return pattern;
}

asio::awaitable<void> Router::AnswerOptions(Exchange& exchange,
                                            std::string allow) const {
  Response response{.status = 204, .headers = {{"Allow", allow}}};
  for (auto& header : cors_.PreflightHeadersFor(exchange.head(), allow)) {
    response.headers.push_back(std::move(header));
  }
  auto respond = exchange.Respond(std::move(response));
  co_await std::move(respond);
}

}  // namespace wanwu::gateway
