#include "server/metrics/snapshot_window.h"

#include <utility>

namespace wanwu::metrics {

Figures SnapshotWindow::Add(Snapshot now) {
  while (kept_.size() > 1 && kept_[1].time <= now.time - length_) {
    kept_.pop_front();
  }
  Figures figures = Between(kept_.empty() ? now : NearestBefore(now), now);
  if (kept_.empty() || now.time - kept_.back().time >= spacing_) {
    kept_.push_back(std::move(now));
  }
  return figures;
}

const Snapshot& SnapshotWindow::NearestBefore(const Snapshot& now) const {
  const auto begin = now.time - length_;
  const bool second_is_nearer = kept_.size() > 1 && begin > kept_[0].time &&
                                kept_[1].time - begin < begin - kept_[0].time;
  return second_is_nearer ? kept_[1] : kept_[0];
}

}  // namespace wanwu::metrics
