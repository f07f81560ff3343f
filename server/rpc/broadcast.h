#pragma once

#include <coroutine>
#include <functional>
#include <mutex>
#include <set>

#include "server/rpc/completion_tag.h"
#include "server/rpc/poller_hop.h"

namespace wanwu::rpc {

class BroadcastListener;

// Tells every listening call, each on its own poller, that something has
// changed. Thread-safe. Must outlive its listeners.
class Broadcast {
 public:
  void Notify();

 private:
  friend class BroadcastListener;

  std::mutex mutex_;
  // Guarded by mutex_.
  std::set<BroadcastListener*> listeners_;
};

// One call's ear. Used on its poller thread only. Await Closed before it is
// destroyed:
//   auto closed = listener.Closed();
//   co_await closed;
class BroadcastListener final : private CompletionTag {
 public:
  // `on_notify` runs on the poller, once for any number of notifications that
  // came in since it ran last.
  BroadcastListener(Broadcast& source, grpc::CompletionQueue& queue,
                    std::function<void()> on_notify);

  // Awaitable: after it nothing runs any more.
  class Closing {
   public:
    explicit Closing(BroadcastListener& listener) : listener_(listener) {}
    bool await_ready() { return !listener_.Unsubscribe(); }
    void await_suspend(std::coroutine_handle<> waiter) noexcept {
      listener_.waiter_ = waiter;
    }
    void await_resume() const noexcept {}

   private:
    BroadcastListener& listener_;
  };
  Closing Closed() { return Closing(*this); }

 private:
  friend class Broadcast;

  // True if an event is still on its way.
  bool Unsubscribe();
  void OnEvent(bool ok) override;

  Broadcast& source_;
  PollerHop hop_;
  const std::function<void()> on_notify_;
  // Guarded by source_.mutex_: an event is on its way.
  bool posted_ = false;
  std::coroutine_handle<> waiter_;
};

}  // namespace wanwu::rpc
