#include "gateway/http/connection_limit.h"

#include <utility>

namespace wanwu::gateway {

ConnectionLimit::Place::~Place() {
  const std::lock_guard lock(limit_.mutex_);
  Leave();
  if (!lost_) --limit_.taken_;
}

void ConnectionLimit::Place::Wait(std::function<void()> on_lost) {
  const std::lock_guard lock(limit_.mutex_);
  if (waiting_ || lost_) return;
  waiting_ = true;
  on_lost_ = std::move(on_lost);
  position_ = limit_.waiting_.insert(limit_.waiting_.end(), this);
}

bool ConnectionLimit::Place::StopWaiting() {
  const std::lock_guard lock(limit_.mutex_);
  Leave();
  return !lost_;
}

void ConnectionLimit::Place::Leave() {
  if (std::exchange(waiting_, false)) limit_.waiting_.erase(position_);
}

std::unique_ptr<ConnectionLimit::Place> ConnectionLimit::Enter() {
  const std::lock_guard lock(mutex_);
  if (taken_ >= most_ && !Evict()) return nullptr;
  ++taken_;
  return std::unique_ptr<Place>(new Place(*this));
}

bool ConnectionLimit::EvictIdlest() {
  const std::lock_guard lock(mutex_);
  return Evict();
}

bool ConnectionLimit::Evict() {
  if (waiting_.empty()) return false;
  Place& idlest = *waiting_.front();
  idlest.Leave();
  idlest.lost_ = true;
  --taken_;
  idlest.on_lost_();
  return true;
}

}  // namespace wanwu::gateway
