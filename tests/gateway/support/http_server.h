#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gateway/http/listener.h"
#include "tests/gateway/support/recording_observer.h"

namespace wanwu::test {

struct HttpServerOptions {
  gateway::HttpLimits limits = {};
  std::size_t budget = 64 << 20;
  gateway::CorsPolicy cors = {};
  gateway::HostPolicy hosts = {};
  int threads = 1;
  int max_connections = 64;
  boost::asio::ssl::context* tls = nullptr;
};

// The gateway's HTTP on a free port of 127.0.0.1, with routes of the test's.
class HttpServer {
 public:
  using AddRoutes = std::function<void(gateway::Router&)>;

  // `add_routes` may capture what it likes that outlives this.
  explicit HttpServer(const AddRoutes& add_routes,
                      const HttpServerOptions& options = {});

  int port() const { return listener_->port(); }
  gateway::Listener& listener() { return *listener_; }
  RecordingObserver& observer() { return observer_; }
  gateway::ByteBudget& budget() { return budget_; }

 private:
  const gateway::HttpLimits limits_;
  gateway::ByteBudget budget_;
  gateway::Router router_;
  RecordingObserver observer_;
  std::unique_ptr<gateway::Listener> listener_;
};

// Answers 200 with what `text` makes of the request.
gateway::Handler TextHandler(
    std::function<std::string(gateway::Exchange& exchange,
                              const gateway::PathParameters& parameters)>
        text);

// Answers 200 with the request's body, or the error of reading it.
gateway::Handler EchoHandler(std::uint64_t limit = 1 << 20);

// A GET or POST request of HTTP/1.1 with a Host header; `headers` is lines that
// each end in CR LF.
std::string Get(const std::string& target, const std::string& headers = "");
std::string Post(const std::string& target, const std::string& body,
                 const std::string& headers = "");

}  // namespace wanwu::test
