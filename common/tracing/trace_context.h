#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/tracing/span.h"

namespace wanwu::tracing {

inline constexpr char kTraceparent[] = "traceparent";
inline constexpr char kTracestate[] = "tracestate";

// What a caller says of the trace that a request belongs to (W3C Trace
// Context).
struct TraceContext {
  // The caller's span.
  SpanReference caller;
  bool sampled = false;
  // Of other tracing systems; passed on as it is.
  std::string state = {};
};

// A value of the header `traceparent`: version 00, or a later one, of which
// what is added is not looked at. Nothing if it is malformed, or all zeros.
std::optional<TraceContext> ParseTraceparent(std::string_view value);

// For a call that `span` makes.
std::string FormatTraceparent(const SpanReference& span, bool sampled);

// 32 and 16 digits.
std::string TraceIdText(const SpanReference& span);
std::string SpanIdText(uint64_t span);

// What of a header `tracestate` is passed on: it, or nothing if it is longer
// than 512 bytes or holds what no header may.
std::string_view KeptTracestate(std::string_view value);

}  // namespace wanwu::tracing
