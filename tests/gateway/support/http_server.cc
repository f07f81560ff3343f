#include "tests/gateway/support/http_server.h"

#include <cstdint>
#include <stdexcept>
#include <utility>

namespace wanwu::test {
namespace {

namespace asio = boost::asio;
using gateway::Exchange;
using gateway::PathParameters;

gateway::CurrentTls AlwaysThat(asio::ssl::context* tls) {
  if (tls == nullptr) return nullptr;
  return [tls] {
    // Owned by nobody here.
    return std::shared_ptr<asio::ssl::context>(std::shared_ptr<void>(), tls);
  };
}

asio::awaitable<void> Answer(Exchange& exchange, std::string text) {
  gateway::Response response{.body = std::move(text)};
  auto respond = exchange.Respond(std::move(response));
  co_await std::move(respond);
}

asio::awaitable<void> Echo(Exchange& exchange, std::uint64_t limit) {
  gateway::BudgetShare share(exchange.budget());
  auto read = exchange.ReadWholeBody(limit, share);
  absl::StatusOr<std::string> body = co_await std::move(read);
  auto answer = body.ok() ? Answer(exchange, *std::move(body))
                          : exchange.Fail(body.status());
  co_await std::move(answer);
}

}  // namespace

HttpServer::HttpServer(const AddRoutes& add_routes,
                       const HttpServerOptions& options)
    : limits_(options.limits),
      budget_(options.budget),
      router_(options.cors, options.hosts) {
  router_.SetFallback([](Exchange& exchange, const PathParameters&) {
    return exchange.Fail(absl::NotFoundError("no such path"));
  });
  add_routes(router_);
  auto listener =
      gateway::Listener::Listen({.address = "127.0.0.1:0",
                                 .threads = options.threads,
                                 .max_connections = options.max_connections,
                                 .tls = AlwaysThat(options.tls)},
                                {.router = router_,
                                 .limits = limits_,
                                 .budget = budget_,
                                 .observer = observer_});
  if (!listener.ok()) throw std::runtime_error(listener.status().ToString());
  listener_ = *std::move(listener);
  listener_->Run();
}

gateway::Handler TextHandler(
    std::function<std::string(Exchange& exchange,
                              const PathParameters& parameters)>
        text) {
  return [text = std::move(text)](Exchange& exchange,
                                  const PathParameters& parameters) {
    return Answer(exchange, text(exchange, parameters));
  };
}

gateway::Handler EchoHandler(std::uint64_t limit) {
  return [limit](Exchange& exchange, const PathParameters& /*none*/) {
    return Echo(exchange, limit);
  };
}

std::string Get(const std::string& target, const std::string& headers) {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}

std::string Post(const std::string& target, const std::string& body,
                 const std::string& headers) {
  return "POST " + target + " HTTP/1.1\r\nHost: h\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

}  // namespace wanwu::test
