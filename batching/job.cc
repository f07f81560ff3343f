#include "batching/job.h"

namespace wanwu::batching {

bool Job::TryTake() { return Move(State::kWaiting, State::kTaken); }

bool Job::TryRelease() { return Move(State::kTaken, State::kWaiting); }

CancelOutcome Job::Cancel() {
  // A job may change between waiting and taken under us, so try until one move
  // succeeds or somebody else's cancellation is there. Each turn of the loop
  // means that another thread moved the job.
  for (;;) {
    if (Move(State::kWaiting, State::kCancelled)) {
      return CancelOutcome::kCancelled;
    }
    if (Move(State::kTaken, State::kTakenCancelAsked)) {
      return CancelOutcome::kOwnerInformed;
    }
    if (cancel_requested()) return CancelOutcome::kAlreadyCancelled;
  }
}

bool Job::cancel_requested() const {
  const State state = state_.load(std::memory_order_acquire);
  return state == State::kTakenCancelAsked || state == State::kCancelled;
}

bool Job::Move(State from, State to) {
  // Acquire: the new owner sees what the old one wrote. Release: what this
  // thread wrote is seen by the next owner.
  return state_.compare_exchange_strong(from, to, std::memory_order_acq_rel,
                                        std::memory_order_acquire);
}

}  // namespace wanwu::batching
