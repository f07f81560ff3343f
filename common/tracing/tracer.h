#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "common/tracing/span_ids.h"
#include "common/tracing/span_sink.h"
#include "common/tracing/trace_context.h"

namespace wanwu::tracing {

// A request's place in its trace.
struct RequestTrace {
  // The request's own span; its number is 0 unless sampled. The trace is known
  // whenever the caller told of one.
  SpanReference self = {};
  // The caller's span, or 0.
  uint64_t parent = 0;
  bool sampled = false;

  bool known() const { return (self.trace_high | self.trace_low) != 0; }
};

// The place of a request that is not traced.
inline RequestTrace Untraced(const TraceContext& caller) {
  return {.self = {caller.caller.trace_high, caller.caller.trace_low, 0},
          .parent = caller.caller.span};
}

// Decides which requests are traced: those whose caller traces them, and of
// those that belong to no trace a share. Thread-safe.
class Tracer {
 public:
  // `sink` must outlive it.
  Tracer(double ratio, SpanSink& sink) : ratio_(ratio), sink_(sink) {}

  // `caller` is not valid if there is none.
  RequestTrace Begin(const TraceContext& caller) const {
    if (caller.caller.valid()) {
      RequestTrace trace = Untraced(caller);
      trace.sampled = caller.sampled;
      if (trace.sampled) trace.self.span = NewSpanId();
      return trace;
    }
    if (ratio_ <= 0) return {};
    const SpanReference first = NewTrace();
    if (!InRatio(first, ratio_)) return {};
    return {.self = first, .sampled = true};
  }

  void Add(std::vector<Span> spans) noexcept { sink_.Add(std::move(spans)); }

  SpanCounts counts() const { return sink_.counts(); }

 private:
  const double ratio_;
  SpanSink& sink_;
};

}  // namespace wanwu::tracing
