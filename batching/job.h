#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "batching/clock.h"

namespace wanwu::batching {

// kFirst is interactive work of somebody who has nothing else queued: it goes
// before other interactive work and shares batches with it. Bulk work goes last
// and never shares a batch with the others.
enum class Priority { kFirst, kInteractive, kBulk };

struct JobTimes {
  Clock::TimePoint arrival{};
  // A job still queued at this time is expired instead of run.
  Clock::TimePoint deadline = Clock::TimePoint::max();
};

enum class CancelOutcome {
  kCancelled,         // The canceller owns the job now and must finish it.
  kOwnerInformed,     // Taken: its owner finishes it (or already has).
  kAlreadyCancelled,  // Somebody else's Cancel came first.
};

// One unit of work that waits in a queue and is finished exactly once, by
// whoever owns it. Ownership is decided by one atomic state:
//
//            TryTake                 Cancel
//   waiting ─────────▶ taken ──────────────────▶ taken, cancel asked
//      │ ◀──────────────┘ TryRelease
//      └── Cancel ──▶ cancelled
//
// While waiting nobody owns it. TryTake makes the caller the owner; Cancel of a
// waiting job makes the canceller the owner. Taken stays taken after the work
// is finished. Derive from it to carry the work itself; held by JobPtr because
// a queue slot may outlive the interest in a cancelled job. Thread-safe.
class Job {
 public:
  explicit Job(const JobTimes& times) : times_(times) {}
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // True: the caller owns the job and must finish it or give it back. What the
  // previous owner wrote before TryRelease is visible to the caller.
  [[nodiscard]] bool TryTake();

  // Only for the owner after TryTake. True: the job waits again and the caller
  // must not touch it. False: cancellation was asked for meanwhile; the caller
  // still owns the job and must finish it as cancelled.
  [[nodiscard]] bool TryRelease();

  [[nodiscard]] CancelOutcome Cancel();

  [[nodiscard]] bool cancel_requested() const;

  [[nodiscard]] Clock::TimePoint arrival() const { return times_.arrival; }
  [[nodiscard]] Clock::TimePoint deadline() const { return times_.deadline; }

 private:
  enum class State : std::uint8_t {
    kWaiting,
    kTaken,
    kTakenCancelAsked,
    kCancelled,
  };

  bool Move(State from, State to);

  const JobTimes times_;
  std::atomic<State> state_{State::kWaiting};
};

using JobPtr = std::shared_ptr<Job>;

}  // namespace wanwu::batching
