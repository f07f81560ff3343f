#pragma once

#include <memory>

#include "absl/status/status.h"
#include "client/lib/async_client.h"
#include "common/logging/logger.h"
#include "common/logging/rate_limited_log.h"
#include "common/signals/shutdown_signal.h"
#include "common/tracing/program_tracing.h"
#include "gateway/api/server_health.h"
#include "gateway/app/exchange_spans.h"
#include "gateway/app/gateway_config.h"
#include "gateway/app/gateway_secrets.h"
#include "gateway/app/request_log.h"
#include "gateway/http/byte_budget.h"
#include "gateway/http/http_limits.h"
#include "gateway/http/listener.h"
#include "gateway/http/router.h"
#include "gateway/metrics/gateway_metrics.h"

namespace wanwu::gateway {

// The whole gateway: builds its parts in order, starts, serves and drains.
class GatewayApp {
 public:
  // `log` must outlive the app.
  GatewayApp(const GatewayConfig& config, logging::Logger& log);
  ~GatewayApp();

  // Serves until `signal`, then drains. Errors are what keeps it from serving:
  // a file that cannot be read, an address that cannot be had. A server that is
  // not there is none: it may come.
  absl::Status Run(const signals::ShutdownSignal& signal);

 private:
  absl::Status Connect();
  absl::Status Listen();
  void Drain();

  const GatewayConfig config_;
  const HttpLimits limits_;
  logging::Logger& log_;

  // In the order in which they are built; destroyed the other way round.
  logging::RateLimitedLog error_log_;
  tracing::ProgramTracing tracing_;
  ByteBudget budget_;
  std::unique_ptr<GatewaySecrets> secrets_;
  std::unique_ptr<client::AsyncClient> client_;
  Router router_;
  GatewayMetrics metrics_;
  RequestLog request_log_;
  ExchangeSpans spans_{request_log_};
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<ServerHealth> health_;
};

}  // namespace wanwu::gateway
