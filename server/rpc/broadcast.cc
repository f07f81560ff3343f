#include "server/rpc/broadcast.h"

#include <utility>

namespace wanwu::rpc {

void Broadcast::Notify() {
  const std::lock_guard lock(mutex_);
  for (BroadcastListener* listener : listeners_) {
    if (std::exchange(listener->posted_, true)) continue;
    listener->hop_.Post();
  }
}

BroadcastListener::BroadcastListener(Broadcast& source,
                                     grpc::CompletionQueue& queue,
                                     std::function<void()> on_notify)
    : source_(source), hop_(queue, *this), on_notify_(std::move(on_notify)) {
  const std::lock_guard lock(source_.mutex_);
  source_.listeners_.insert(this);
}

bool BroadcastListener::Unsubscribe() {
  const std::lock_guard lock(source_.mutex_);
  source_.listeners_.erase(this);
  return posted_;
}

void BroadcastListener::OnEvent(bool /*ok*/) {
  {
    const std::lock_guard lock(source_.mutex_);
    posted_ = false;
  }
  if (waiter_) {
    std::exchange(waiter_, nullptr).resume();
  } else {
    on_notify_();
  }
}

}  // namespace wanwu::rpc
