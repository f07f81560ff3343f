#pragma once

#include <deque>

#include "batching/clock.h"
#include "server/metrics/snapshot.h"

namespace wanwu::metrics {

// The snapshots of the last seconds, for figures over a sliding window. Not
// thread-safe; what is counted knows of no window.
class SnapshotWindow {
 public:
  // `length` is what the figures shall cover. A snapshot that comes less than
  // `spacing` after the one kept last is not kept, which bounds the memory. So
  // the figures cover half the time between two kept ones more or less than
  // `length`.
  SnapshotWindow(batching::Clock::Duration length,
                 batching::Clock::Duration spacing)
      : length_(length), spacing_(spacing) {}

  // Not older than the snapshots before. The figures reach back to the kept
  // snapshot whose age is nearest to the length; with none yet, or none for so
  // long that they would cover two spacings more, to this one.
  Figures Add(Snapshot now);

  // Whether a snapshot of that time would be kept.
  [[nodiscard]] bool WouldKeep(batching::Clock::TimePoint time) const {
    return kept_.empty() || time - kept_.back().time >= spacing_;
  }

 private:
  const Snapshot& NearestBefore(const Snapshot& now) const;

  const batching::Clock::Duration length_;
  const batching::Clock::Duration spacing_;
  // Oldest first; at most one has left the window.
  std::deque<Snapshot> kept_;
};

}  // namespace wanwu::metrics
