#pragma once

#include "absl/status/status.h"
#include "batching/clock.h"
#include "common/tracing/span.h"
#include "server/rpc/request_facts.h"
#include "server/rpc/wall_time.h"

namespace wanwu::rpc {

// The span of a traced call of a service's `method` that ended
// `now`, with what is told of every method.
tracing::Span CallSpan(const RequestFacts& facts, const char* method,
                       const absl::Status& status, const WallTime& wall,
                       batching::Clock::TimePoint now);

}  // namespace wanwu::rpc
