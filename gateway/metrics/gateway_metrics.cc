#include "gateway/metrics/gateway_metrics.h"

#include <prometheus/text_serializer.h>

#include <boost/beast/http/verb.hpp>
#include <utility>

namespace wanwu::gateway {
namespace {

using boost::beast::http::verb;

// Seconds. From half a millisecond, which the gateway alone takes, to the
// default deadline.
const prometheus::Histogram::BucketBoundaries kBounds = {
    0.0005, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03,
    0.04,   0.05,  0.065,  0.08,  0.095,  0.13, 0.16,  0.2,  0.25,
    0.3,    0.4,   0.5,    0.75,  1,      2.5,  5,     10,   30};

prometheus::Gauge& MakeGauge(prometheus::Registry& registry,
                             const std::string& name, const std::string& help,
                             const prometheus::Labels& labels = {}) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(
      labels);
}

prometheus::Counter& MakeCounter(prometheus::Registry& registry,
                                 const std::string& name,
                                 const std::string& help) {
  return prometheus::BuildCounter()
      .Name(name)
      .Help(help)
      .Register(registry)
      .Add({});
}

// To a count that only grows.
void Raise(prometheus::Counter& counter, int64_t to) {
  counter.Increment(static_cast<double>(to) - counter.Value());
}

// A caller may send any word as its method.
std::string MethodLabel(const RequestHead& head) {
  return head.method == verb::unknown ? "other" : head.method_text;
}

std::string RouteLabel(std::string_view route) {
  return route.empty() ? "static" : std::string(route);
}

}  // namespace

GatewayMetrics::GatewayMetrics(const std::string& version,
                               const ByteBudget& budget,
                               std::function<bool()> server_serving,
                               std::function<tracing::SpanCounts()> spans)
    : requests_(prometheus::BuildCounter()
                    .Name("wanwu_gateway_requests_total")
                    .Help("HTTP requests answered.")
                    .Register(registry_)),
      durations_(prometheus::BuildHistogram()
                     .Name("wanwu_gateway_request_duration_seconds")
                     .Help("From a request's head to the end of its answer.")
                     .Register(registry_)),
      connections_(MakeGauge(registry_, "wanwu_gateway_connections",
                             "Connections open.")),
      buffer_bytes_(MakeGauge(
          registry_, "wanwu_gateway_buffer_bytes",
          "Bytes of requests and answers in memory, of buffer_limit_bytes.")),
      buffer_limit_(MakeGauge(registry_, "wanwu_gateway_buffer_limit_bytes",
                              "How many there may be.")),
      server_serving_(MakeGauge(registry_, "wanwu_gateway_server_serving",
                                "1 if wanwu-server is reachable and SERVING.")),
      exported_(MakeCounter(registry_, "wanwu_trace_spans_exported_total",
                            "Spans that the receiver of traces took.")),
      dropped_(MakeCounter(registry_, "wanwu_trace_spans_dropped_total",
                           "Spans that found no room or were not taken.")),
      budget_(budget),
      is_serving_(std::move(server_serving)),
      spans_(std::move(spans)) {
  MakeGauge(registry_, "wanwu_gateway_build_info", "Always 1.",
            {{"version", version}})
      .Set(1);
}

void GatewayMetrics::Count(std::string_view route, std::string_view method,
                           int status) {
  requests_
      .Add({{"route", RouteLabel(route)},
            {"method", std::string(method)},
            {"code", std::to_string(status)}})
      .Increment();
}

void GatewayMetrics::OnExchange(const Exchange& exchange,
                                std::string_view route,
                                std::chrono::steady_clock::duration duration) {
  Count(route, MethodLabel(exchange.head()), exchange.status());
  durations_.Add({{"route", RouteLabel(route)}}, kBounds)
      .Observe(std::chrono::duration<double>(duration).count());
}

void GatewayMetrics::OnRefused(int status) { Count("unread", "other", status); }

void GatewayMetrics::OnConnections(int open) { connections_.Set(open); }

std::string GatewayMetrics::Render() {
  buffer_bytes_.Set(static_cast<double>(budget_.used()));
  buffer_limit_.Set(static_cast<double>(budget_.limit()));
  server_serving_.Set(is_serving_() ? 1 : 0);
  const std::lock_guard lock(raising_);
  const tracing::SpanCounts spans = spans_();
  Raise(exported_, spans.exported);
  Raise(dropped_, spans.dropped);
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

Handler ServeMetrics(GatewayMetrics& metrics) {
  return [&metrics](Exchange& exchange, const PathParameters& /*none*/) {
    return exchange.Respond(
        {.headers = {{"Content-Type", "text/plain; version=0.0.4"},
                     {"Cache-Control", "no-store"}},
         .body = metrics.Render()});
  };
}

}  // namespace wanwu::gateway
