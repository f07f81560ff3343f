#pragma once

#include "common/logging/access_log.h"
#include "common/logging/rate_limited_log.h"
#include "gateway/http/exchange_observer.h"

namespace wanwu::gateway {

// Writes what became of requests: those that the access log takes, at level
// debug each; those that failed on the server's side also as rate-limited
// warnings. Passes everything on to `next`.
class RequestLog final : public ExchangeObserver {
 public:
  // All must outlive it.
  RequestLog(logging::Logger& log, logging::RateLimitedLog& error_log,
             const logging::AccessLog::Options& requests,
             ExchangeObserver& next)
      : log_(log),
        error_log_(error_log),
        access_log_(requests, log, error_log),
        next_(next) {}

  void OnExchange(const Exchange& exchange, std::string_view route,
                  std::chrono::steady_clock::duration duration) override;
  void OnRefused(int status) override;
  void OnConnections(int open) override { next_.OnConnections(open); }

 private:
  logging::Logger& log_;
  logging::RateLimitedLog& error_log_;
  logging::AccessLog access_log_;
  ExchangeObserver& next_;
};

}  // namespace wanwu::gateway
