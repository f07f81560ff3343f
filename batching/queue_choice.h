#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "batching/clock.h"
#include "batching/model_queue.h"

namespace wanwu::batching {

// Which queue a lane serves next: of those that are ready, the one whose head
// is oldest, so that a busy model cannot starve another.
class QueueChoice {
 public:
  explicit QueueChoice(Clock::TimePoint now) : now_(now) {}

  void Consider(std::size_t slot, const QueueView& view) {
    ++considered_;
    if (view.ready_at > now_) {
      next_ready_at_ = std::min(next_ready_at_, view.ready_at);
    } else if (!slot_ || view.rank < rank_) {
      slot_ = slot;
      rank_ = view.rank;
    }
  }

  // Empty when no queue is ready.
  [[nodiscard]] std::optional<std::size_t> slot() const { return slot_; }

  // When the first of the queues that wait for company becomes ready;
  // TimePoint::max() if none waits.
  [[nodiscard]] Clock::TimePoint next_ready_at() const {
    return next_ready_at_;
  }

  // Another queue than the chosen one has jobs, ready or not.
  [[nodiscard]] bool others_have_jobs() const {
    return considered_ > (slot_ ? 1 : 0);
  }

 private:
  Clock::TimePoint now_;
  std::optional<std::size_t> slot_;
  Clock::TimePoint rank_;
  Clock::TimePoint next_ready_at_ = Clock::TimePoint::max();
  int considered_ = 0;
};

}  // namespace wanwu::batching
