#pragma once

#include <vector>

#include "absl/status/status.h"
#include "batching/clock.h"
#include "common/tracing/span.h"
#include "server/rpc/request_facts.h"
#include "server/rpc/wall_time.h"

namespace wanwu::rpc {

// The spans of a traced request of `method` that ended `now`: its own, and as
// its children `receive`, `decode`, `queue` (before decoding, and before
// inference) and `inference`, as far as it came; the last is linked with the
// batch's.
std::vector<tracing::Span> SpansOf(const RequestFacts& facts,
                                   const char* method,
                                   const absl::Status& status,
                                   const WallTime& wall,
                                   batching::Clock::TimePoint now);

}  // namespace wanwu::rpc
