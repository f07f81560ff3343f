#pragma once

#include <atomic>
#include <cstddef>
#include <optional>

#include "batching/batch_runner.h"
#include "batching/batcher_stats.h"
#include "batching/batching_options.h"
#include "batching/bounded_mpmc_queue.h"
#include "batching/job.h"

namespace wanwu::batching {

// Whether a queue may still wait for company for its jobs.
enum class Company { kMayCome, kNotExpected };

// What a lane compares queues by.
struct QueueView {
  // Arrival of the oldest head, a bulk head's moved back by kBulkHandicap.
  Clock::TimePoint rank{};
  // When a batch may be taken; TimePoint::min() is at once.
  Clock::TimePoint ready_at{};
};

// The jobs waiting for one model: a ring per priority, with the limits and
// counts that go with them. Thread-safe; pushing and popping never block.
class ModelQueue {
 public:
  // `runner` must outlive the queue.
  ModelQueue(const QueueOptions& options, BatchRunner& runner);

  // False when the ring of that priority is full; `job` is then untouched.
  [[nodiscard]] bool TryPush(Priority priority, JobPtr&& job) noexcept;

  // Takes the job whose turn it is: interactive first, unless the bulk head is
  // older by more than kBulkHandicap. Empty when both rings look empty.
  [[nodiscard]] std::optional<JobPtr> PopNext() noexcept;

  // Empty when no head is published.
  [[nodiscard]] std::optional<QueueView> Peek(Company company) const noexcept;

  [[nodiscard]] std::size_t SizeGuess() const noexcept;
  [[nodiscard]] QueueStats Stats() const noexcept;

  [[nodiscard]] int max_batch_size() const noexcept;
  void set_max_batch_size(int size) noexcept;

  [[nodiscard]] bool waits_for_company() const noexcept {
    return max_queue_delay_ > Clock::Duration::zero();
  }

  [[nodiscard]] BatchRunner& runner() const noexcept { return runner_; }
  [[nodiscard]] QueueCounters& counters() noexcept { return counters_; }

 private:
  using Ring = BoundedMpmcQueue<JobPtr>;

  bool IsFull() const noexcept;

  const Clock::Duration max_queue_delay_;
  BatchRunner& runner_;
  std::atomic<int> max_batch_size_;
  Ring interactive_;
  Ring bulk_;
  QueueCounters counters_;
};

}  // namespace wanwu::batching
