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
  while (EpochOf(word_.load(std::memory_order_acquire)) == ticket.epoch_) {
    if (until == Clock::TimePoint::max()) {
      woken_.wait(lock);
    } else if (clock_.Now() < until) {
      clock_.WaitUntil(woken_, lock, until);
    } else {
      break;
    }
  }
  word_.fetch_sub(kOneWaiter, std::memory_order_acq_rel);
}

void LaneGate::WakeOne() noexcept {
  if (MoveEpoch()) woken_.notify_one();
}

void LaneGate::WakeAll() noexcept {
  if (MoveEpoch()) woken_.notify_all();
}

// True if somebody waits or is about to; such a thread has then either begun to
// sleep or will see the new epoch.
bool LaneGate::MoveEpoch() noexcept {
  const std::uint64_t before =
      word_.fetch_add(kOneEpoch, std::memory_order_acq_rel);
  if ((before & kWaiters) == 0) return false;
  const std::lock_guard lock(mu_);
  return true;
}

}  // namespace wanwu::batching
