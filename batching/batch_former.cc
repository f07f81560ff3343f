#include "batching/batch_former.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace wanwu::batching {
namespace {

void SortIn(JobPtr job, Clock::TimePoint now, Batch& batch) {
  if (!job->TryTake()) {
    ++batch.cancelled;
  } else if (job->deadline() <= now) {
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

std::size_t BatchTarget(const ModelQueue& queue, int idle_lanes) {
  const std::size_t queued = queue.SizeGuess();
  const auto most = static_cast<std::size_t>(queue.max_batch_size());
  if (queue.waits_for_company() && queued >= most) return most;
  const auto lanes = static_cast<std::size_t>(std::max(idle_lanes, 1));
  return std::clamp<std::size_t>((queued + lanes - 1) / lanes, 1, most);
}

void FormBatch(ModelQueue& queue, const FormingConditions& conditions,
               Batch& batch) {
  const std::size_t target = BatchTarget(queue, conditions.idle_lanes);
  const std::size_t pops = std::max<std::size_t>(queue.SizeGuess(), 1);
  while (batch.jobs.size() < target && batch.popped() < pops) {
    std::optional<JobPtr> job = queue.PopNext();
    if (!job) return;
    SortIn(*std::move(job), conditions.now, batch);
  }
}

}  // namespace wanwu::batching
