#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/verb.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/cors.h"
#include "gateway/http/exchange.h"
#include "gateway/http/host_policy.h"

namespace wanwu::gateway {

// What stands in a path for each "{…}" of its pattern, in their order.
using PathParameters = std::vector<std::string>;

// Answers the exchange.
using Handler = std::function<boost::asio::awaitable<void>(
    Exchange& exchange, PathParameters parameters)>;

struct Route {
  boost::beast::http::verb method;
  // A path. A segment may be "{name}", which stands for any that is not empty.
  std::string pattern;
  Handler handler;

  // nullopt: it has not this pattern.
  std::optional<PathParameters> Match(std::string_view path) const;
};

// Finds the handler of a request: of several the one that was added first.
// Thread-safe once it is built.
class Router {
 public:
  explicit Router(CorsPolicy cors, HostPolicy hosts = {})
      : cors_(std::move(cors)), hosts_(std::move(hosts)) {}

  void Add(boost::beast::http::verb method, std::string pattern,
           Handler handler);

  // Asked, without parameters, when no route has the path; it answers 404
  // itself where need be.
  void SetFallback(Handler handler) { fallback_ = std::move(handler); }

  // Answers the exchange, whatever it is. Gives the pattern that it went to,
  // for metrics: "" if there was none.
  boost::asio::awaitable<std::string> Handle(Exchange& exchange) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Found {
    const Route* route;
    PathParameters parameters;
  };

  static std::string AllowedMethods(const std::vector<Found>& routes);
  // What is asked for with slashes behind it is meant without.
  std::vector<Found> RoutesOf(std::string_view path) const;
  boost::asio::awaitable<void> AnswerOptions(Exchange& exchange,
                                             std::string allow) const;

  const CorsPolicy cors_;
  const HostPolicy hosts_;
  std::vector<Route> routes_;
  Handler fallback_;
};

}  // namespace wanwu::gateway
