#include "server/rpc/call_span.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace wanwu::rpc {
namespace {

// As OpenTelemetry's conventions for servers say: not what callers did wrong.
bool IsServersFault(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

}  // namespace

tracing::Span CallSpan(const RequestFacts& facts, const char* method,
                       const absl::Status& status, const WallTime& wall,
                       batching::Clock::TimePoint now) {
  tracing::Span span{.self = facts.trace.self,
                     .parent = facts.trace.parent,
                     .trace_state = facts.call.trace.state,
                     .kind = tracing::SpanKind::kServer,
                     .name = absl::StrCat(facts.service, "/", method),
                     .start = wall(facts.came),
                     .end = wall(now),
                     .attributes = {{"rpc.system", "grpc"},
                                    {"rpc.service", facts.service},
                                    {"rpc.method", method},
                                    {"rpc.grpc.status_code",
                                     static_cast<int64_t>(status.code())}}};
  span.failed = IsServersFault(status.code());
  if (span.failed) span.message = std::string(status.message());
  return span;
}

}  // namespace wanwu::rpc
