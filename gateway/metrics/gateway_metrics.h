#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <functional>
#include <mutex>
#include <string>

#include "common/tracing/span_sink.h"
#include "gateway/http/byte_budget.h"
#include "gateway/http/exchange_observer.h"
#include "gateway/http/router.h"

namespace wanwu::gateway {

// The gateway's own figures, as Prometheus reads them. Thread-safe.
class GatewayMetrics final : public ExchangeObserver {
 public:
  // `server_serving` says whether the server is, `spans` what became of spans;
  // they and `budget` are asked at each scrape and must outlive this.
  GatewayMetrics(
      const std::string& version, const ByteBudget& budget,
      std::function<bool()> server_serving,
      std::function<tracing::SpanCounts()> spans = [] {
        return tracing::SpanCounts();
      });

  void OnExchange(const Exchange& exchange, std::string_view route,
                  std::chrono::steady_clock::duration duration) override;
  void OnRefused(int status) override;
  void OnConnections(int open) override;

  // In the text format 0.0.4.
  std::string Render();

 private:
  void Count(std::string_view route, std::string_view method, int status);

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Gauge& connections_;
  prometheus::Gauge& buffer_bytes_;
  prometheus::Gauge& buffer_limit_;
  prometheus::Gauge& server_serving_;
  prometheus::Counter& exported_;
  prometheus::Counter& dropped_;
  const ByteBudget& budget_;
  const std::function<bool()> is_serving_;
  const std::function<tracing::SpanCounts()> spans_;
  // Two scrapes at a time would count twice.
  std::mutex raising_;
};

// GET /metrics.
Handler ServeMetrics(GatewayMetrics& metrics);

}  // namespace wanwu::gateway
