#include "batching/lane_gate.h"

namespace wanwu::batching {

LaneGate::Ticket LaneGate::Prepare() noexcept {
  return Ticket(
      EpochOf(word_.fetch_add(kOneWaiter, std::memory_order_acq_rel)));
}

void LaneGate::Cancel() noexcept {
  word_.fetch_sub(kOneWaiter, std::memory_order_acq_rel);
}

void LaneGate::Wait(Ticket ticket, Clock::TimePoint until) noexcept {
  std::unique_lock lock(mu_);
  if (EpochOf(word_.load(std::memory_order_acquire)) == ticket.epoch_) {
    Park(lock, until);
  }
  word_.fetch_sub(kOneWaiter, std::memory_order_acq_rel);
}

void LaneGate::Park(std::unique_lock<std::mutex>& lock,
                    Clock::TimePoint until) {
  Place& place = TakePlace();
  place.parked = true;
  parked_.push_back(&place);
  while (place.parked) {
    if (until == Clock::TimePoint::max()) {
      place.woken.wait(lock);
    } else if (clock_.Now() < until) {
      clock_.WaitUntil(place.woken, lock, until);
    } else {
      place.parked = false;
      std::erase(parked_, &place);
    }
  }
  free_.push_back(&place);
}

LaneGate::Place& LaneGate::TakePlace() {
  if (free_.empty()) return places_.emplace_back();
  Place& place = *free_.back();
  free_.pop_back();
  return place;
}

void LaneGate::WakeOne() noexcept {
  if (!MoveEpoch()) return;
  const std::lock_guard lock(mu_);
  if (parked_.empty()) return;
  parked_.back()->parked = false;
  parked_.back()->woken.notify_one();
  parked_.pop_back();
}

void LaneGate::WakeAll() noexcept {
  if (!MoveEpoch()) return;
  const std::lock_guard lock(mu_);
  for (Place* place : parked_) {
    place->parked = false;
    place->woken.notify_one();
  }
  parked_.clear();
}

// True if somebody waits or is about to; such a thread is then either parked or
// will see the new epoch once it has the mutex.
bool LaneGate::MoveEpoch() noexcept {
  const std::uint64_t before =
      word_.fetch_add(kOneEpoch, std::memory_order_acq_rel);
  return (before & kWaiters) != 0;
}

}  // namespace wanwu::batching
