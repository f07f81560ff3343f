#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "batching/clock.h"
#include "common/logging/field.h"
#include "common/tracing/tracer.h"
#include "server/pipeline/classify_job.h"
#include "server/rpc/call_attributes.h"

namespace wanwu::rpc {

// What logs and traces tell of one request beside how it ended. Never the
// picture.
struct RequestFacts {
  const char* service = "";
  batching::Clock::TimePoint came;
  // Once its head was read and found good.
  CallAttributes call;
  // Once its message was. Looked at when it has ended, or was never submitted.
  std::shared_ptr<const pipeline::ClassifyJob> job;
  tracing::RequestTrace trace = {};
};

// "jpeg" and the like.
const char* FormatName(image::DecodeKind kind);

// The fields of a line about a request of `method` that ended `now`. The times
// of the stages add up to the total, less the time from the job's end to now;
// of a request that did not get to its end, the time that it waited counts as
// queue.
logging::Fields FieldsOf(const RequestFacts& facts, const char* method,
                         const absl::Status& status,
                         batching::Clock::TimePoint now);

}  // namespace wanwu::rpc
