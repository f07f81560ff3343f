#include "gateway/app/exchange_spans.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/lib/rpc_error.h"

namespace wanwu::gateway {
namespace {

using tracing::Span;

// Of a path. Spans that wait to be sent are not part of any budget.
constexpr size_t kLongestPath = 1024;

// As OpenTelemetry's conventions name a method that HTTP does not know.
std::string MethodName(const RequestHead& head) {
  return head.method == boost::beast::http::verb::unknown ? "_OTHER"
                                                          : head.method_text;
}

std::string SpanName(const RequestHead& head, std::string_view route) {
  const bool unknown = head.method == boost::beast::http::verb::unknown;
  std::string name = unknown ? "HTTP" : head.method_text;
  if (route.empty()) return name;
  return absl::StrCat(name, " ", absl::string_view(route.data(), route.size()));
}

Span RequestSpan(const Exchange& exchange, std::string_view route,
                 ExchangeTrace::Time end) {
  const ExchangeTrace& trace = exchange.trace();
  const RequestHead& head = exchange.head();
  const int status = exchange.status();
  Span span{.self = trace.trace().self,
            .parent = trace.trace().parent,
            .trace_state = trace.state(),
            .kind = tracing::SpanKind::kServer,
            .name = SpanName(head, route),
            .start = trace.start(),
            .end = end,
            .attributes = {{"http.request.method", MethodName(head)},
                           {"url.path", head.path.substr(0, kLongestPath)},
                           {"client.address", exchange.peer()},
                           {"http.response.status_code", int64_t{status}},
                           {"http.request.body.size",
                            static_cast<int64_t>(exchange.bytes_received())},
                           {"wanwu.request_id", exchange.request_id()}}};
  if (!route.empty()) {
    span.attributes.push_back({"http.route", std::string(route)});
  }
  if (exchange.error().ok()) return span;
  const client::RpcError error = client::DescribeError(exchange.error());
  span.attributes.push_back({"error.type", error.reason});
  span.failed = status >= 500;
  if (span.failed) span.message = error.message;
  return span;
}

Span CallSpan(const Exchange& exchange, ExchangeTrace::Time end) {
  const ExchangeTrace& trace = exchange.trace();
  const ExchangeTrace::Call& call = trace.call();
  const bool ended = call.end != ExchangeTrace::Time();
  const size_t slash = call.method.find('/');
  Span span{.self = call.self,
            .parent = trace.trace().self.span,
            .trace_state = trace.state(),
            .kind = tracing::SpanKind::kClient,
            .name = call.method,
            .start = call.start,
            .end = ended ? call.end : end,
            .attributes = {{"rpc.system", "grpc"},
                           {"rpc.service", call.method.substr(0, slash)},
                           {"rpc.method", call.method.substr(slash + 1)}}};
  const absl::Status& failure = ended ? call.status : exchange.error();
  span.failed = !failure.ok();
  if (span.failed) span.message = std::string(failure.message());
  return span;
}

}  // namespace

void ExchangeSpans::OnExchange(const Exchange& exchange, std::string_view route,
                               std::chrono::steady_clock::duration duration) {
  next_.OnExchange(exchange, route, duration);
  const ExchangeTrace& trace = exchange.trace();
  if (tracer_ == nullptr || !trace.trace().sampled) return;
  const ExchangeTrace::Time end =
      trace.start() +
      std::chrono::duration_cast<ExchangeTrace::Time::duration>(duration);
  std::vector<Span> spans;
  spans.push_back(RequestSpan(exchange, route, end));
  if (trace.call().self.valid()) spans.push_back(CallSpan(exchange, end));
  tracer_->Add(std::move(spans));
}

}  // namespace wanwu::gateway
