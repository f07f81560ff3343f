#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "batching/clock.h"
#include "batching/job.h"
#include "common/tracing/trace_context.h"
#include "server/access/access_control.h"

namespace wanwu::rpc {

// What a call's head says of all the pictures in it.
struct CallAttributes {
  batching::Priority priority = batching::Priority::kInteractive;
  batching::Clock::TimePoint deadline;
  // See pipeline::JobRequest.
  uint64_t client = 0;
  // Who calls, for people: its identity, or the address it calls from. Empty
  // unless logs need it.
  std::string caller = {};
  // The trace that the call belongs to; its span is not valid if to none.
  tracing::TraceContext trace = {};
};

// max() for none, and for one that is a year or more away.
batching::Clock::TimePoint ToDeadline(gpr_timespec deadline,
                                      const batching::Clock& clock);

// The same name always gives the same number; which one differs from process
// to process.
uint64_t ClientNumber(std::string_view client);

// A caller whose identity is known is counted as that; one who speaks for
// others, as each of those, but apart from everybody else's of that name.
// INVALID_ARGUMENT (FIELD_INVALID) if "wanwu-priority" holds something else
// than the proto names, or "wanwu-client" is too long.
absl::StatusOr<CallAttributes> ReadCallAttributes(
    const grpc::ServerContext& context, const batching::Clock& clock,
    const access::Caller& caller = {});

}  // namespace wanwu::rpc
