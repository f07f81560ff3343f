#pragma once

#include <cstddef>
#include <vector>

#include "batching/clock.h"
#include "batching/job.h"
#include "batching/model_queue.h"

namespace wanwu::batching {

// What one look at a queue took out of it. Kept by a lane and cleared between
// uses, so that forming does not allocate.
struct Batch {
  std::vector<JobPtr> jobs;     // Taken, to be run together.
  std::vector<JobPtr> expired;  // Taken, too late to be run.
  std::size_t cancelled = 0;    // Dropped; their cancellers finish them.

  [[nodiscard]] std::size_t popped() const {
    return jobs.size() + expired.size() + cancelled;
  }
  void Clear();
};

struct FormingConditions {
  int idle_lanes = 1;  // The forming lane included, so at least 1.
  Clock::TimePoint now{};
  BatchKind kind = BatchKind::kInteractive;
  // Jobs of that kind that a feeder has yet to make ready.
  std::size_t waiting = 0;
};

// Jobs a lane should take now: its fair share of those that are queued or
// waiting, ceil(jobs / idle lanes), at most max_batch_size. A queue that waits
// for company gives a full batch when it has one: those who waited for it
// should get it.
[[nodiscard]] std::size_t BatchTarget(const ModelQueue& queue,
                                      const FormingConditions& conditions);

// Whether a lane that has fed `fed` jobs in a row should feed another one
// before it forms a batch: there is one, the batch would be larger for it, and
// the queued jobs have not waited for a whole batch's. (What is fed may be for
// another queue.)
[[nodiscard]] bool FeedsFirst(const ModelQueue& queue,
                              const FormingConditions& conditions, int fed);

// Moves jobs from `queue` to the empty `batch` until it has BatchTarget jobs to
// run. Cancelled jobs on the way, and those that a batch of that size would
// answer after their deadline, are sorted out and do not count.
// Stops after as many jobs as were queued at the start, so that dead jobs
// arriving meanwhile cannot hold up the live ones.
void FormBatch(ModelQueue& queue, const FormingConditions& conditions,
               Batch& batch);

}  // namespace wanwu::batching
