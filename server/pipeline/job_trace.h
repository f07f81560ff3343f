#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "batching/clock.h"
#include "batching/job.h"

namespace wanwu::pipeline {

class ServedModel;

// Which span of which trace; numbers that only who traces understands. All
// zeros: none.
struct TraceMark {
  uint64_t trace_high = 0;
  uint64_t trace_low = 0;
  uint64_t span = 0;

  bool set() const { return span != 0; }
};

// A batch that has run.
struct BatchRun {
  const ServedModel& model;
  int lane = 0;
  batching::Clock::TimePoint start;
  batching::Clock::TimePoint end;
  bool ok = true;
  std::span<const batching::JobPtr> jobs;
};

// Called on the lane of each batch with a job that is traced, before its jobs
// end; gives the batch's own mark. Must not throw.
using OnTracedBatch = std::function<TraceMark(const BatchRun& run)>;

}  // namespace wanwu::pipeline
