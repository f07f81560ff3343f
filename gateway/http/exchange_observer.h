#pragma once

#include <chrono>
#include <string_view>

#include "gateway/http/exchange.h"

namespace wanwu::gateway {

// Told of each request that was answered, and of connections. Thread-safe.
class ExchangeObserver {
 public:
  virtual ~ExchangeObserver() = default;

  // `route` is the pattern, empty if there is none.
  virtual void OnExchange(const Exchange& exchange, std::string_view route,
                          std::chrono::steady_clock::duration duration) = 0;

  // A request that was refused before its head was read to the end.
  virtual void OnRefused(int status) = 0;

  virtual void OnConnections(int open) = 0;
};

}  // namespace wanwu::gateway
