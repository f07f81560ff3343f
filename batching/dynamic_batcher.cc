#include "batching/dynamic_batcher.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace wanwu::batching {
namespace {

BatcherOptions Checked(BatcherOptions options) {
  options.lane_count = std::max(options.lane_count, 1);
  return options;
}

}  // namespace

DynamicBatcher::DynamicBatcher(BatcherOptions options, const Clock& clock)
    : options_(Checked(std::move(options))),
      context_(clock, options_.lane_count, options_.feeder) {
  try {
    for (int i = 0; i < options_.lane_count; ++i) {
      threads_.emplace_back([this, i] { RunLane(i); });
    }
  } catch (...) {
    Drain();  // A thread could not be started; end those that were.
    throw;
  }
}

DynamicBatcher::~DynamicBatcher() { Drain(); }

std::optional<QueueId> DynamicBatcher::AddQueue(const QueueOptions& options,
                                                BatchRunner& runner) {
  return context_.table.Add(std::make_unique<ModelQueue>(options, runner));
}

std::optional<QueueStats> DynamicBatcher::RemoveQueue(QueueId id) {
  context_.table.Close(id);
  // Jobs that wait for company must not do so any longer.
  context_.gate.WakeAll();
  const std::unique_ptr<ModelQueue> queue =
      context_.table.AwaitUnusedAndVacate(id);
  if (queue == nullptr) return std::nullopt;
  return queue->Stats();
}

void DynamicBatcher::SetMaxBatchSize(QueueId id, int size) {
  ModelQueue* queue = context_.table.Enter(id, QueueSlot::Visit::kInspect);
  if (queue == nullptr) return;
  queue->set_max_batch_size(size);
  context_.table.Leave(id, 1);
  // What was too little for a batch may be enough now.
  context_.gate.WakeAll();
}

SubmitResult DynamicBatcher::Submit(QueueId id, Priority priority,
                                    const JobPtr& job) noexcept {
  const SubmitResult result = SubmitFromLane(id, priority, job);
  // The queue may be gone already, and only the gate is touched.
  if (result == SubmitResult::kQueued) context_.gate.WakeOne();
  return result;
}

SubmitResult DynamicBatcher::SubmitFromLane(QueueId id, Priority priority,
                                            const JobPtr& job) noexcept {
  ModelQueue* queue = context_.table.Enter(id, QueueSlot::Visit::kSubmit);
  if (queue == nullptr) return SubmitResult::kClosed;
  if (!queue->TryPush(priority, JobPtr(job))) {
    context_.table.Leave(id, 1);
    return SubmitResult::kFull;
  }
  // The visit now stands for the job; the lane that handles it leaves.
  return SubmitResult::kQueued;
}

bool DynamicBatcher::RunOnEveryLane(const std::function<void(int lane)>& work) {
  return context_.control.RunOnEveryLane(work);
}

void DynamicBatcher::Drain() {
  const std::lock_guard lock(drain_mu_);
  // In this order: once `draining` is set nothing may come that needs a lane.
  context_.table.CloseAll();
  context_.control.Close();
  context_.draining.store(true, std::memory_order_release);
  context_.gate.WakeAll();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

std::optional<QueueStats> DynamicBatcher::Stats(QueueId id) {
  ModelQueue* queue = context_.table.Enter(id, QueueSlot::Visit::kInspect);
  if (queue == nullptr) return std::nullopt;
  const QueueStats stats = queue->Stats();
  context_.table.Leave(id, 1);
  return stats;
}

LaneStats DynamicBatcher::Lanes() const {
  const int idle =
      std::clamp(context_.idle_lanes.load() - context_.feeding_lanes.load(), 0,
                 options_.lane_count);
  LaneStats stats{options_.lane_count, options_.lane_count - idle, {}};
  for (const BusyTime& busy_time : context_.busy_times) {
    stats.busy_times.push_back(busy_time.Total(context_.clock));
  }
  return stats;
}

void DynamicBatcher::ListThreadsAtWork(
    std::vector<ThreadAtWork>& threads) const {
  for (std::size_t lane = 0; lane < context_.work_marks.size(); ++lane) {
    if (const auto since = context_.work_marks[lane].since()) {
      threads.push_back({LaneName(static_cast<int>(lane)), *since});
    }
  }
}

void DynamicBatcher::RunLane(int index) {
  if (options_.on_lane_start) options_.on_lane_start(index);
  Lane(index, context_).Run();
}

}  // namespace wanwu::batching
