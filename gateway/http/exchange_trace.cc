#include "gateway/http/exchange_trace.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace wanwu::gateway {
namespace {

using std::chrono::system_clock;

// As rpc::ReadCallAttributes does with metadata.
tracing::TraceContext ReadTrace(const RequestHead& head) {
  if (head.headers.count(tracing::kTraceparent) != 1) return {};
  std::optional<tracing::TraceContext> trace =
      tracing::ParseTraceparent(head.Header(tracing::kTraceparent));
  if (!trace.has_value()) return {};
  std::string state;
  const auto [begin, end] = head.headers.equal_range(tracing::kTracestate);
  for (auto each = begin; each != end; ++each) {
    const auto value = each->value();
    absl::StrAppend(&state, state.empty() ? "" : ",",
                    absl::string_view(value.data(), value.size()));
  }
  trace->state = tracing::KeptTracestate(state);
  return *std::move(trace);
}

}  // namespace

ExchangeTrace::ExchangeTrace(const RequestHead& head,
                             const tracing::Tracer* tracer)
    : caller_(ReadTrace(head)) {
  const bool api = head.path.starts_with("/v1/");
  trace_ = tracer == nullptr || !api ? tracing::Untraced(caller_)
                                     : tracer->Begin(caller_);
  if (trace_.sampled) start_ = system_clock::now();
}

std::string ExchangeTrace::BeginCall(std::string_view method) {
  if (trace_.sampled) {
    call_ = {.self = tracing::NewSpanIn(trace_.self),
             .method = std::string(method),
             .start = system_clock::now()};
    return tracing::FormatTraceparent(call_.self, true);
  }
  if (!caller_.caller.valid()) return "";
  return tracing::FormatTraceparent(caller_.caller, caller_.sampled);
}

void ExchangeTrace::EndCall(const absl::Status& status) {
  if (!trace_.sampled) return;
  call_.end = system_clock::now();
  call_.status = status;
}

std::string ExchangeTrace::Returned() const {
  if (caller_.caller.valid()) {
    return tracing::FormatTraceparent(caller_.caller, caller_.sampled);
  }
  return trace_.sampled ? tracing::FormatTraceparent(trace_.self, true) : "";
}

}  // namespace wanwu::gateway
