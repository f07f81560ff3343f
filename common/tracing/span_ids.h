#pragma once

#include <cstdint>

#include "common/tracing/span.h"

namespace wanwu::tracing {

// Never 0. Thread-safe, as all of these.
uint64_t NewSpanId();

// The first span of a new trace.
SpanReference NewTrace();

// A span of the same trace.
inline SpanReference NewSpanIn(const SpanReference& trace) {
  return {trace.trace_high, trace.trace_low, NewSpanId()};
}

// Whether a trace is among the share `ratio`, 0 … 1, of all traces. It follows
// from the trace, so that whoever asks for that ratio decides the same.
bool InRatio(const SpanReference& trace, double ratio);

}  // namespace wanwu::tracing
