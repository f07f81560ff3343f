#pragma once

#include "common/tracing/span.h"
#include "server/pipeline/job_trace.h"

namespace wanwu::rpc {

// The pipeline's word for a span, and back.
inline pipeline::TraceMark MarkOf(const tracing::SpanReference& span) {
  return {span.trace_high, span.trace_low, span.span};
}

inline tracing::SpanReference SpanOf(const pipeline::TraceMark& mark) {
  return {mark.trace_high, mark.trace_low, mark.span};
}

}  // namespace wanwu::rpc
