#include "batching/model_queue.h"

#include <algorithm>
#include <utility>

namespace wanwu::batching {
namespace {

constexpr Clock::Duration kLongestDelay = std::chrono::minutes(1);

// A missing head counts as infinitely young.
Clock::TimePoint OrNever(std::optional<Clock::TimePoint> head) {
  return head.value_or(Clock::TimePoint::max());
}

Clock::TimePoint Handicapped(std::optional<Clock::TimePoint> head) {
  return head ? *head + kBulkHandicap : Clock::TimePoint::max();
}

}  // namespace

ModelQueue::ModelQueue(const QueueOptions& options, BatchRunner& runner)
    : max_queue_delay_(std::clamp(options.max_queue_delay,
                                  Clock::Duration::zero(), kLongestDelay)),
      runner_(runner),
      interactive_(options.capacity),
      bulk_(options.capacity) {
  set_max_batch_size(options.max_batch_size);
}

bool ModelQueue::TryPush(Priority priority, JobPtr&& job) noexcept {
  const Clock::TimePoint arrival = job->arrival();
  Ring& ring = priority == Priority::kBulk ? bulk_ : interactive_;
  return ring.TryPush(std::move(job), arrival);
}

std::optional<JobPtr> ModelQueue::PopNext() noexcept {
  const bool bulk_is_due =
      Handicapped(bulk_.OldestGuess()) < OrNever(interactive_.OldestGuess());
  Ring& first = bulk_is_due ? bulk_ : interactive_;
  Ring& second = bulk_is_due ? interactive_ : bulk_;
  std::optional<JobPtr> job = first.TryPop();
  return job ? std::move(job) : second.TryPop();
}

std::optional<QueueView> ModelQueue::Peek(Company company) const noexcept {
  const auto interactive = interactive_.OldestGuess();
  const auto bulk = bulk_.OldestGuess();
  if (!interactive && !bulk) return std::nullopt;
  QueueView view{std::min(OrNever(interactive), Handicapped(bulk)),
                 Clock::TimePoint::min()};
  if (waits_for_company() && company == Company::kMayCome && !IsFull()) {
    view.ready_at =
        std::min(OrNever(interactive), OrNever(bulk)) + max_queue_delay_;
  }
  return view;
}

std::size_t ModelQueue::SizeGuess() const noexcept {
  return interactive_.SizeGuess() + bulk_.SizeGuess();
}

QueueStats ModelQueue::Stats() const noexcept {
  QueueStats stats;
  stats.queued = SizeGuess();
  const auto oldest = std::min(OrNever(interactive_.OldestGuess()),
                               OrNever(bulk_.OldestGuess()));
  if (oldest != Clock::TimePoint::max()) stats.oldest_arrival = oldest;
  counters_.CopyTo(stats);
  return stats;
}

int ModelQueue::max_batch_size() const noexcept {
  return max_batch_size_.load(std::memory_order_relaxed);
}

void ModelQueue::set_max_batch_size(int size) noexcept {
  max_batch_size_.store(std::clamp(size, 1, kLargestBatchSize),
                        std::memory_order_relaxed);
}

bool ModelQueue::IsFull() const noexcept {
  return SizeGuess() >= static_cast<std::size_t>(max_batch_size());
}

}  // namespace wanwu::batching
