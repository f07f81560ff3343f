#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "batching/clock.h"
#include "batching/model_queue.h"

namespace wanwu::batching {

// Which queue a lane serves next. Of those that are ready and have such work:
// the one that has had the least lane time, so that no model's backlog sits on
// another; of equals the one whose head is oldest.
class QueueChoice {
 public:
  struct Candidate {
    std::size_t slot = 0;
    // Of the queue, but no less than what the others have had.
    std::int64_t served_ns = 0;
    Clock::TimePoint oldest;
  };

  // `virtual_now_ns`: the lane time that a queue new to the lanes starts with.
  QueueChoice(Clock::TimePoint now, std::int64_t virtual_now_ns)
      : now_(now), virtual_now_ns_(virtual_now_ns) {}

  void Consider(std::size_t slot, const QueueView& view) {
    ++considered_;
    if (view.ready_at > now_) {
      next_ready_at_ = std::min(next_ready_at_, view.ready_at);
      return;
    }
    for (const BatchKind kind : {BatchKind::kInteractive, BatchKind::kBulk}) {
      if (view.has(kind)) Consider(slot, view, kind);
    }
  }

  // Empty when no ready queue has such work.
  [[nodiscard]] const std::optional<Candidate>& best(BatchKind kind) const {
    return best_[Index(kind)];
  }
  [[nodiscard]] bool any() const {
    return best_[0].has_value() || best_[1].has_value();
  }

  // When the first of the queues that wait for company becomes ready;
  // TimePoint::max() if none waits.
  [[nodiscard]] Clock::TimePoint next_ready_at() const {
    return next_ready_at_;
  }

  // Another queue than the chosen one has jobs, ready or not.
  [[nodiscard]] bool others_have_jobs() const {
    return considered_ > (any() ? 1 : 0);
  }

 private:
  static std::size_t Index(BatchKind kind) {
    return static_cast<std::size_t>(kind);
  }

  void Consider(std::size_t slot, const QueueView& view, BatchKind kind) {
    const Candidate candidate{slot, std::max(view.served_ns, virtual_now_ns_),
                              view.oldest(kind)};
    std::optional<Candidate>& best = best_[Index(kind)];
    if (!best || candidate.served_ns < best->served_ns ||
        (candidate.served_ns == best->served_ns &&
         candidate.oldest < best->oldest)) {
      best = candidate;
    }
  }

  const Clock::TimePoint now_;
  const std::int64_t virtual_now_ns_;
  std::array<std::optional<Candidate>, 2> best_;
  Clock::TimePoint next_ready_at_ = Clock::TimePoint::max();
  int considered_ = 0;
};

}  // namespace wanwu::batching
