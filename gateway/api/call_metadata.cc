#include "gateway/api/call_metadata.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

using std::chrono::milliseconds;

constexpr char kTimeoutHeader[] = "X-Request-Timeout-Ms";
constexpr char kPriorityHeader[] = "X-Wanwu-Priority";
constexpr int kLongestTimeoutMs = 3'600'000;

absl::StatusOr<std::optional<milliseconds>> Timeout(const RequestHead& head) {
  if (head.headers.count(kTimeoutHeader) == 0) return std::nullopt;
  const std::string_view text = head.Header(kTimeoutHeader);
  int value = 0;
  if (!absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &value) ||
      value < 1 || value > kLongestTimeoutMs) {
    return FieldError(kTimeoutHeader, "expected 1…3600000 milliseconds");
  }
  return milliseconds(value);
}

absl::StatusOr<client::Priority> PriorityOf(const RequestHead& head) {
  const std::string_view text = head.Header(kPriorityHeader);
  if (head.headers.count(kPriorityHeader) == 0 || text == "interactive") {
    return client::Priority::kInteractive;
  }
  if (text == "bulk") return client::Priority::kBulk;
  return FieldError(kPriorityHeader, "expected interactive or bulk");
}

void AddTrace(ExchangeTrace& trace, std::string_view method,
              client::CallOptions& options) {
  std::string traceparent = trace.BeginCall(method);
  if (traceparent.empty()) return;
  options.metadata.emplace_back(tracing::kTraceparent, std::move(traceparent));
  if (trace.state().empty()) return;
  options.metadata.emplace_back(tracing::kTracestate, trace.state());
}

}  // namespace

absl::StatusOr<client::CallOptions> CallOptionsFor(
    Exchange& exchange, std::string_view method, const CallDefaults& defaults,
    DefaultDeadline default_deadline) {
  const RequestHead& head = exchange.head();
  absl::StatusOr<std::optional<milliseconds>> timeout = Timeout(head);
  if (!timeout.ok()) return timeout.status();
  const absl::StatusOr<client::Priority> priority = PriorityOf(head);
  if (!priority.ok()) return priority.status();

  client::CallOptions options;
  options.priority = *priority;
  if (!timeout->has_value() &&
      default_deadline == DefaultDeadline::kConfigured) {
    *timeout = defaults.timeout;
  }
  if (timeout->has_value()) {
    options.deadline = std::chrono::system_clock::now() + **timeout;
  }
  options.metadata.emplace_back("x-request-id", exchange.request_id());
  // For the server to share itself fairly among callers.
  if (std::string peer = exchange.peer(); !peer.empty()) {
    options.metadata.emplace_back("wanwu-client", std::move(peer));
  }
  AddTrace(exchange.trace(), method, options);
  return options;
}

}  // namespace wanwu::gateway
