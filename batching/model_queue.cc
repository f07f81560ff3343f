#include "batching/model_queue.h"

#include <algorithm>
#include <utility>

#include "batching/atomic_bound.h"

namespace wanwu::batching {
namespace {

constexpr Clock::Duration kLongestDelay = std::chrono::minutes(1);

// A missing head counts as infinitely young.
Clock::TimePoint OrNever(std::optional<Clock::TimePoint> head) {
  return head.value_or(Clock::TimePoint::max());
}

}  // namespace

ModelQueue::ModelQueue(const QueueOptions& options, BatchRunner& runner)
    : max_queue_delay_(std::clamp(options.max_queue_delay,
                                  Clock::Duration::zero(), kLongestDelay)),
      runner_(runner),
      first_(options.capacity),
      interactive_(options.capacity),
      bulk_(options.capacity) {
  set_max_batch_size(options.max_batch_size);
}

bool ModelQueue::TryPush(Priority priority, JobPtr&& job) noexcept {
  const Clock::TimePoint arrival = job->arrival();
  const Clock::TimePoint ready_by = LatestStart(*job);
  Ring& ring = priority == Priority::kFirst         ? first_
               : priority == Priority::kInteractive ? interactive_
                                                    : bulk_;
  if (!ring.TryPush(std::move(job), arrival)) return false;
  // Only now: EndWait forgets it, and the lane that calls it must then find the
  // job in the ring.
  if (waits_for_company()) ReadyBy(ready_by);
  return true;
}

std::optional<JobPtr> ModelQueue::PopNext(BatchKind kind) noexcept {
  if (kind == BatchKind::kBulk) return bulk_.TryPop();
  const bool lower_waits = interactive_.OldestGuess().has_value();
  const bool lower =
      interactive_turn_.IsNext(first_.OldestGuess().has_value(), lower_waits);
  interactive_turn_.Count(lower, lower_waits);
  std::optional<JobPtr> job = (lower ? interactive_ : first_).TryPop();
  return job ? std::move(job) : (lower ? first_ : interactive_).TryPop();
}

std::optional<QueueView> ModelQueue::Peek(Company company) const noexcept {
  QueueView view{
      .oldest_interactive = std::min(OrNever(first_.OldestGuess()),
                                     OrNever(interactive_.OldestGuess())),
      .oldest_bulk = OrNever(bulk_.OldestGuess()),
      .ready_at = Clock::TimePoint::min(),
      .served_ns = served_ns_.load(std::memory_order_relaxed)};
  if (!view.has(BatchKind::kInteractive) && !view.has(BatchKind::kBulk)) {
    return std::nullopt;
  }
  if (waits_for_company() && company == Company::kMayCome && !IsFull()) {
    view.ready_at = ready_by_.load(std::memory_order_acquire);
  }
  return view;
}

std::size_t ModelQueue::SizeGuess() const noexcept {
  return SizeGuess(BatchKind::kInteractive) + SizeGuess(BatchKind::kBulk);
}

std::size_t ModelQueue::SizeGuess(BatchKind kind) const noexcept {
  return kind == BatchKind::kBulk
             ? bulk_.SizeGuess()
             : first_.SizeGuess() + interactive_.SizeGuess();
}

QueueStats ModelQueue::Stats() const noexcept {
  QueueStats stats;
  stats.queued = SizeGuess();
  if (const auto view = Peek(Company::kNotExpected)) {
    stats.oldest_arrival =
        std::min(view->oldest_interactive, view->oldest_bulk);
  }
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

void ModelQueue::EndWait() noexcept {
  if (!waits_for_company()) return;
  // Synchronises with the ReadyBy that it forgets: that job is then seen in the
  // ring.
  ready_by_.exchange(Clock::TimePoint::max(), std::memory_order_acq_rel);
}

void ModelQueue::AddServed(std::int64_t least, Clock::Duration time) noexcept {
  RaiseTo(served_ns_, least);
  served_ns_.fetch_add(std::chrono::nanoseconds(time).count(),
                       std::memory_order_relaxed);
}

bool ModelQueue::IsFull() const noexcept {
  const auto most = static_cast<std::size_t>(max_batch_size());
  return SizeGuess(BatchKind::kInteractive) >= most ||
         SizeGuess(BatchKind::kBulk) >= most;
}

// Alone: company that came too late for the deadline would be no help.
Clock::TimePoint ModelQueue::LatestStart(const Job& job) const noexcept {
  const Clock::TimePoint end_of_wait = job.arrival() + max_queue_delay_;
  if (job.deadline() == Clock::TimePoint::max()) return end_of_wait;
  const Clock::Duration run = runner_.ExpectedTime(max_batch_size());
  return std::min(end_of_wait, job.deadline() - run);
}

void ModelQueue::ReadyBy(Clock::TimePoint time) noexcept {
  LowerTo(ready_by_, time);
}

}  // namespace wanwu::batching
