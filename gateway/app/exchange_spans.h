#pragma once

#include "common/tracing/tracer.h"
#include "gateway/http/exchange_observer.h"

namespace wanwu::gateway {

// Tells of each traced request as spans: the request and the call that it made.
// Passes everything on to `next`.
class ExchangeSpans final : public ExchangeObserver {
 public:
  explicit ExchangeSpans(ExchangeObserver& next) : next_(next) {}

  // Before the first request. Null: none is traced.
  void SetTracer(tracing::Tracer* tracer) { tracer_ = tracer; }

  void OnExchange(const Exchange& exchange, std::string_view route,
                  std::chrono::steady_clock::duration duration) override;
  void OnRefused(int status) override { next_.OnRefused(status); }
  void OnConnections(int open) override { next_.OnConnections(open); }

 private:
  ExchangeObserver& next_;
  tracing::Tracer* tracer_ = nullptr;
};

}  // namespace wanwu::gateway
