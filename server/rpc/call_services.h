#pragma once

#include "batching/clock.h"
#include "common/logging/rate_limited_log.h"
#include "server/metrics/answer_counters.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/model_catalog.h"
#include "server/rpc/broadcast.h"
#include "server/rpc/health_state.h"
#include "server/rpc/live_calls.h"
#include "server/rpc/server_run.h"

namespace wanwu::rpc {

// What the calls need of the rest of the server. All of it outlives the
// GrpcServer and is thread-safe.
struct GrpcServerParts {
  pipeline::ClassifyPipeline& pipeline;
  const pipeline::ModelCatalog& catalog;
  const batching::Clock& clock;
  logging::RateLimitedLog& error_log;
  metrics::AnswerCounters& answers;
  const ServerRun& run;
  HealthState& health;
};

struct CallLimits {
  // Pictures of one ClassifyBatch stream that are unanswered at a time.
  int max_stream_in_flight = 64;
};

// What the calls of every service work with: one per GrpcServer, thread-safe.
struct CallServices : GrpcServerParts {
  CallServices(const GrpcServerParts& parts, const CallLimits& call_limits)
      : GrpcServerParts(parts), limits(call_limits) {}

  const CallLimits limits;
  LiveCalls live_calls;
  // Notified once when draining begins: streams stop reading, watches end.
  Broadcast draining;
};

}  // namespace wanwu::rpc
