#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "batching/batch_runner.h"
#include "batching/batcher_stats.h"
#include "batching/batching_options.h"
#include "batching/clock.h"
#include "batching/job.h"
#include "batching/lane.h"
#include "batching/queue_id.h"
#include "batching/work_mark.h"

namespace wanwu::batching {

enum class SubmitResult {
  kQueued,
  kFull,    // The ring of that model and priority has no free slot.
  kClosed,  // The queue was removed or the batcher drains.
};

// Groups jobs into batches and runs them on a fixed set of threads, the lanes,
// shared by all models. See README.md for the life of a job and the knobs.
//
// Every job for which Submit said kQueued is handled exactly once: run,
// expired, or, if it was cancelled first, dropped without a call. That holds
// also when Submit races with RemoveQueue or Drain.
//
// Thread-safe, the constructor and destructor excepted. RunOnEveryLane,
// RemoveQueue, Drain and the destructor wait for lanes, so they must not be
// called on one (nor by a runner).
class DynamicBatcher {
 public:
  // Starts the lanes. `clock` must outlive the batcher.
  DynamicBatcher(BatcherOptions options, const Clock& clock);
  ~DynamicBatcher();  // Drains.
  DynamicBatcher(const DynamicBatcher&) = delete;
  DynamicBatcher& operator=(const DynamicBatcher&) = delete;

  // At any time. `runner` must live until RemoveQueue or Drain has returned.
  // Empty when kMaxQueues are in use or draining has begun.
  [[nodiscard]] std::optional<QueueId> AddQueue(const QueueOptions& options,
                                                BatchRunner& runner);

  // Closes the queue and returns when all its jobs are handled and no lane uses
  // its runner: what came of them, or nothing if it is removed already.
  std::optional<QueueStats> RemoveQueue(QueueId id);

  // Applies to batches formed from now on. Clamped to [1, kLargestBatchSize].
  // No effect on a removed queue.
  void SetMaxBatchSize(QueueId id, int size);

  // The job must be waiting; it may be cancelled at any time. On kQueued the
  // batcher holds a reference and sees to the job, which may be finished before
  // this returns; otherwise the batcher has not touched it. Never blocks and
  // never allocates; locks only to wake a parked lane.
  [[nodiscard]] SubmitResult Submit(QueueId id, Priority priority,
                                    const JobPtr& job) noexcept;

  // As Submit, from within Feeder::Feed: wakes nobody, since the lane is about
  // to look at the queues itself.
  [[nodiscard]] SubmitResult SubmitFromLane(QueueId id, Priority priority,
                                            const JobPtr& job) noexcept;

  // The feeder has something to do.
  void Wake() noexcept { context_.gate.WakeOne(); }

  // Runs `work` once on each lane's thread, between batches, and returns when
  // all have; for warm-up. `work` must not throw. Concurrent calls run one
  // after the other. False, and nothing run, once draining has begun.
  bool RunOnEveryLane(const std::function<void(int lane)>& work);

  // Closes every queue, sees all queued jobs handled, ends the lanes. Waits for
  // the time that takes; bound it by the jobs' deadlines. Idempotent.
  void Drain();

  // Empty for a removed queue.
  [[nodiscard]] std::optional<QueueStats> Stats(QueueId id);
  [[nodiscard]] LaneStats Lanes() const;

  // Adds the lanes that run a batch or control work.
  void ListThreadsAtWork(std::vector<ThreadAtWork>& threads) const;

 private:
  void RunLane(int index);

  const BatcherOptions options_;
  LaneContext context_;

  std::mutex drain_mu_;
  std::vector<std::thread> threads_;  // Guarded by drain_mu_ once started.
};

}  // namespace wanwu::batching
