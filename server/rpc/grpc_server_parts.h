#pragma once

#include "batching/clock.h"
#include "common/logging/access_log.h"
#include "common/logging/rate_limited_log.h"
#include "common/tracing/tracer.h"
#include "server/access/access_control.h"
#include "server/metrics/answer_counters.h"
#include "server/metrics/request_counters.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/model_catalog.h"
#include "server/rpc/health_state.h"
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
  metrics::RequestCounters& requests;
  const ServerRun& run;
  HealthState& health;
  // Default: everybody may do everything.
  access::AccessControl access = {};
  // Bytes that callers can make the process hold.
  int64_t memory_budget = 0;
  // Null: nobody is told of single requests.
  logging::AccessLog* access_log = nullptr;
  // Null: no request is traced.
  tracing::Tracer* tracer = nullptr;

  bool LogsRequests() const {
    return access_log != nullptr && access_log->on();
  }
};

}  // namespace wanwu::rpc
