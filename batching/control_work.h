#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>

#include "batching/clock.h"
#include "batching/lane_gate.h"

namespace wanwu::batching {

// Runs a function once on each lane's thread, between batches.
class ControlWork {
 public:
  // `lanes` is where the lanes park; both must outlive this.
  ControlWork(LaneGate& lanes, const Clock& clock, int lane_count);

  // Blocks until every lane has run `work`, which must not throw. Concurrent
  // calls run one after the other. False, and nothing run, after Close.
  bool RunOnEveryLane(const std::function<void(int lane)>& work);

  // Waits for the work under way, then refuses any more.
  void Close();

  // Per lane: how many works it has done. Starts at 0.
  using Done = std::uint64_t;

  [[nodiscard]] bool HasWorkAfter(Done done) const noexcept;

  // On a lane's thread: runs what HasWorkAfter(done) tells of, and counts it.
  void RunPending(int lane, Done& done);

 private:
  LaneGate& lanes_;
  const int lane_count_;
  LaneGate finished_;  // Where RunOnEveryLane waits.

  std::mutex mu_;        // Held through a whole RunOnEveryLane.
  bool closed_ = false;  // Guarded by mu_.

  // Written under mu_ before posted_ is raised; read by lanes after seeing it.
  const std::function<void(int)>* work_ = nullptr;
  std::atomic<int> lanes_left_{0};
  std::atomic<Done> posted_{0};
};

}  // namespace wanwu::batching
