#include "server/metrics/snapshot_window.h"

#include <utility>

namespace wanwu::metrics {

Figures SnapshotWindow::Add(Snapshot now) {
  while (kept_.size() > 1 && kept_[1].time <= now.time - length_) {
    kept_.pop_front();
  }
  if (kept_.size() == 1 && now.time - kept_[0].time > length_ + 2 * spacing_) {
    kept_.clear();
  }
  Figures figures = Between(kept_.empty() ? now : NearestBefore(now), now);
  if (WouldKeep(now.time)) kept_.push_back(std::move(now));
  return figures;
}

const Snapshot& SnapshotWindow::NearestBefore(const Snapshot& now) const {
  const auto begin = now.time - length_;
  const bool second_is_nearer = kept_.size() > 1 && begin > kept_[0].time &&
                                kept_[1].time - begin < begin - kept_[0].time;
  return second_is_nearer ? kept_[1] : kept_[0];
}

}  // namespace wanwu::metrics
