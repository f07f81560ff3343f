#pragma once

#include "batching/clock.h"
#include "common/tracing/tracer.h"
#include "server/pipeline/job_trace.h"

namespace wanwu::rpc {

// Tells of each batch with a traced picture as a trace of its own, since
// pictures of several traces may be in it: one span, linked with the inference
// of each of them. Empty if `tracer` is null. Both must outlive it.
pipeline::OnTracedBatch TraceBatches(tracing::Tracer* tracer,
                                     const batching::Clock& clock);

}  // namespace wanwu::rpc
