#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "batching/batch_runner.h"
#include "batching/batcher_stats.h"
#include "batching/batching_options.h"
#include "batching/bounded_mpmc_queue.h"
#include "batching/job.h"
#include "batching/lower_turn.h"

namespace wanwu::batching {

// Whether a queue may still wait for company for its jobs.
enum class Company { kMayCome, kNotExpected };

// What a batch is made of: bulk jobs only, or none.
enum class BatchKind { kInteractive, kBulk };

// What a lane compares queues by.
struct QueueView {
  // Arrival of the oldest head; TimePoint::max() if there is no such job.
  Clock::TimePoint oldest_interactive = Clock::TimePoint::max();
  Clock::TimePoint oldest_bulk = Clock::TimePoint::max();
  // When a batch may be taken; TimePoint::min() is at once.
  Clock::TimePoint ready_at{};
  // Lane time that the queue has had, see QueueTable::ChooseNext.
  std::int64_t served_ns = 0;

  [[nodiscard]] Clock::TimePoint oldest(BatchKind kind) const {
    return kind == BatchKind::kBulk ? oldest_bulk : oldest_interactive;
  }
  [[nodiscard]] bool has(BatchKind kind) const {
    return oldest(kind) != Clock::TimePoint::max();
  }
};

// The jobs waiting for one model: a ring per priority, with the limits and
// counts that go with them. Thread-safe; pushing and popping never block.
class ModelQueue {
 public:
  // `runner` must outlive the queue.
  ModelQueue(const QueueOptions& options, BatchRunner& runner);

  // False when the ring of that priority is full; `job` is then untouched.
  [[nodiscard]] bool TryPush(Priority priority, JobPtr&& job) noexcept;

  // Takes the job whose turn it is. Empty when there seems to be none.
  [[nodiscard]] std::optional<JobPtr> PopNext(BatchKind kind) noexcept;

  // Empty when no head is published.
  [[nodiscard]] std::optional<QueueView> Peek(Company company) const noexcept;

  [[nodiscard]] std::size_t SizeGuess() const noexcept;
  [[nodiscard]] std::size_t SizeGuess(BatchKind kind) const noexcept;
  [[nodiscard]] QueueStats Stats() const noexcept;

  [[nodiscard]] int max_batch_size() const noexcept;
  void set_max_batch_size(int size) noexcept;

  [[nodiscard]] bool waits_for_company() const noexcept {
    return max_queue_delay_ > Clock::Duration::zero();
  }
  // A lane is about to take what has waited: jobs that it leaves behind do not
  // wait again.
  void EndWait() noexcept;
  void DoNotWaitAgain(Clock::TimePoint now) noexcept { ReadyBy(now); }

  // Raises the lane time that the queue has had to `least`, and adds `time`.
  void AddServed(std::int64_t least, Clock::Duration time) noexcept;

  [[nodiscard]] BatchRunner& runner() const noexcept { return runner_; }
  [[nodiscard]] QueueCounters& counters() noexcept { return counters_; }

 private:
  using Ring = BoundedMpmcQueue<JobPtr>;

  bool IsFull() const noexcept;
  Clock::TimePoint LatestStart(const Job& job) const noexcept;
  void ReadyBy(Clock::TimePoint time) noexcept;

  const Clock::Duration max_queue_delay_;
  BatchRunner& runner_;
  std::atomic<int> max_batch_size_;
  Ring first_;
  Ring interactive_;
  Ring bulk_;
  LowerTurn interactive_turn_;
  // When the wait for company ends, by the job that can wait least.
  std::atomic<Clock::TimePoint> ready_by_{Clock::TimePoint::max()};
  std::atomic<std::int64_t> served_ns_{0};
  QueueCounters counters_;
};

}  // namespace wanwu::batching
