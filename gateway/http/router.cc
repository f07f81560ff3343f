#include "gateway/http/router.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using boost::beast::http::verb;

// The first segment, with the '/' before it.
std::string_view TakeSegment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/', 1), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

// HEAD is GET without the content.
verb Effective(verb method) {
  return method == verb::head ? verb::get : method;
}

}  // namespace

std::optional<PathParameters> Route::Match(std::string_view path) const {
  std::string_view wanted = pattern;
  PathParameters parameters;
  while (!wanted.empty() && !path.empty()) {
    const std::string_view expected = TakeSegment(wanted);
    const std::string_view found = TakeSegment(path);
    if (expected.starts_with("/{") && found.size() > 1) {
      parameters.emplace_back(found.substr(1));
    } else if (expected != found) {
      return std::nullopt;
    }
  }
  if (!wanted.empty() || !path.empty()) return std::nullopt;
  return parameters;
}

void Router::Add(verb method, std::string pattern, Handler handler) {
  routes_.push_back({method, std::move(pattern), std::move(handler)});
}

std::string Router::AllowedMethods(const std::vector<Found>& routes) {
  std::string allowed = "OPTIONS";
  for (const auto& [route, parameters] : routes) {
    const auto name = boost::beast::http::to_string(route->method);
    absl::StrAppend(&allowed, ", ", std::string(name));
    if (route->method == verb::get) absl::StrAppend(&allowed, ", HEAD");
  }
  return allowed;
}

std::vector<Router::Found> Router::RoutesOf(std::string_view path) const {
  std::vector<Found> found;
  for (const Route& route : routes_) {
    auto parameters = route.Match(path);
    if (parameters) found.push_back({&route, *std::move(parameters)});
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
  std::vector<Found> routes = RoutesOf(head.path);
  if (routes.empty()) {
    auto fallback = fallback_(exchange, {});
    co_await std::move(fallback);
    co_return "";
  }
  const auto route =
      std::find_if(routes.begin(), routes.end(), [&](const Found& candidate) {
        return candidate.route->method == Effective(head.method);
      });
  std::string pattern =
      (route != routes.end() ? *route : routes.front()).route->pattern;
  if (route != routes.end()) {
    auto handled =
        route->route->handler(exchange, std::move(route->parameters));
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
