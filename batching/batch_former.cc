#include "batching/batch_former.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace wanwu::batching {
namespace {

void SortIn(JobPtr job, Clock::TimePoint answer_at, Batch& batch) {
  if (!job->TryTake()) {
    ++batch.cancelled;
  } else if (job->deadline() <= answer_at) {
    batch.expired.push_back(std::move(job));
  } else {
    batch.jobs.push_back(std::move(job));
  }
}

}  // namespace

void Batch::Clear() {
  jobs.clear();
  expired.clear();
  cancelled = 0;
}

std::size_t BatchTarget(const ModelQueue& queue,
                        const FormingConditions& conditions) {
  const std::size_t queued = queue.SizeGuess(conditions.kind);
  const auto most = static_cast<std::size_t>(queue.max_batch_size());
  if (queue.waits_for_company() && queued >= most) return most;
  const auto lanes =
      static_cast<std::size_t>(std::max(conditions.idle_lanes, 1));
  const std::size_t jobs = queued + conditions.waiting;
  return std::clamp<std::size_t>((jobs + lanes - 1) / lanes, 1, most);
}

bool FeedsFirst(const ModelQueue& queue, const FormingConditions& conditions,
                int fed) {
  return conditions.waiting > 0 && fed < queue.max_batch_size() &&
         queue.SizeGuess(conditions.kind) < BatchTarget(queue, conditions);
}

void FormBatch(ModelQueue& queue, const FormingConditions& conditions,
               Batch& batch) {
  const BatchKind kind = conditions.kind;
  const std::size_t target = BatchTarget(queue, conditions);
  const std::size_t pops = std::max<std::size_t>(queue.SizeGuess(kind), 1);
  const Clock::TimePoint answer_at =
      conditions.now + queue.runner().ExpectedTime(static_cast<int>(target));
  queue.EndWait();
  while (batch.jobs.size() < target && batch.popped() < pops) {
    std::optional<JobPtr> job = queue.PopNext(kind);
    if (!job) break;
    SortIn(*std::move(job), answer_at, batch);
  }
  if (queue.SizeGuess() > 0) queue.DoNotWaitAgain(conditions.now);
}

}  // namespace wanwu::batching
