#include "batching/control_work.h"

namespace wanwu::batching {

ControlWork::ControlWork(LaneGate& lanes, const Clock& clock, int lane_count)
    : lanes_(lanes), lane_count_(lane_count), finished_(clock) {}

bool ControlWork::RunOnEveryLane(const std::function<void(int lane)>& work) {
  const std::lock_guard lock(mu_);
  if (closed_) return false;
  work_ = &work;
  lanes_left_.store(lane_count_, std::memory_order_relaxed);
  // Release: a lane that sees the new number sees the work.
  posted_.fetch_add(1, std::memory_order_release);
  lanes_.WakeAll();
  for (;;) {
    const LaneGate::Ticket ticket = finished_.Prepare();
    if (lanes_left_.load(std::memory_order_acquire) == 0) break;
    finished_.Wait(ticket);
  }
  finished_.Cancel();
  return true;
}

void ControlWork::Close() {
  const std::lock_guard lock(mu_);
  closed_ = true;
}

bool ControlWork::HasWorkAfter(Done done) const noexcept {
  return posted_.load(std::memory_order_acquire) != done;
}

void ControlWork::RunPending(int lane, Done& done) {
  // One at most: the next is posted only when every lane has done this one.
  if (!HasWorkAfter(done)) return;
  (*work_)(lane);
  ++done;
  if (lanes_left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    finished_.WakeAll();
  }
}

}  // namespace wanwu::batching
