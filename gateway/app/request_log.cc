#include "gateway/app/request_log.h"

#include "client/lib/rpc_error.h"
#include "gateway/api/server_health.h"
#include "gateway/errors/http_error.h"

namespace wanwu::gateway {
namespace {

logging::Fields FieldsOf(const Exchange& exchange,
                         std::chrono::steady_clock::duration duration) {
  const RequestHead& head = exchange.head();
  logging::Fields fields = {
      {"method", head.method_text},
      {"path", head.path},
      {"status", exchange.status()},
      {"caller", exchange.peer()},
      {"bytes", exchange.bytes_received()},
      {"bytes_sent", exchange.bytes_sent()},
      {"total_ms", std::chrono::duration<double, std::milli>(duration).count()},
      {"request_id", exchange.request_id()}};
  if (const auto& trace = exchange.trace().trace(); trace.known()) {
    fields.push_back({"trace_id", tracing::TraceIdText(trace.self)});
  }
  if (!exchange.error().ok()) {
    const client::RpcError error = client::DescribeError(exchange.error());
    fields.push_back({"reason", error.reason});
    fields.push_back({"error", error.message});
  }
  return fields;
}

}  // namespace

void RequestLog::OnExchange(const Exchange& exchange, std::string_view route,
                            std::chrono::steady_clock::duration duration) {
  next_.OnExchange(exchange, route, duration);
  // "Not ready" is an answer to that question, and is asked again and again.
  const bool failed = !exchange.error().ok() && IsFault(exchange.error());
  const auto describe = [&] { return FieldsOf(exchange, duration); };
  const bool told = access_log_.Ended(duration, describe);
  if (failed && route != kReadinessPath) {
    error_log_.Log(logging::Level::kWarning, "request_failed", describe);
  } else if (!told && log_.Enabled(logging::Level::kDebug)) {
    log_.Debug("request", describe());
  }
}

void RequestLog::OnRefused(int status) {
  next_.OnRefused(status);
  log_.Debug("request_refused", {{"status", status}});
}

}  // namespace wanwu::gateway
