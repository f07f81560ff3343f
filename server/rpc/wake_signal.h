#pragma once

#include <coroutine>
#include <utility>

namespace wanwu::rpc {

// Lets one coroutine wait until another one on the same poller thread has
// something for it. Set before the wait is not lost; several Sets count once.
class WakeSignal {
 public:
  WakeSignal() = default;
  WakeSignal(const WakeSignal&) = delete;
  WakeSignal& operator=(const WakeSignal&) = delete;

  void Set() {
    set_ = true;
    if (waiter_) std::exchange(waiter_, nullptr).resume();
  }

  bool await_ready() const noexcept { return set_; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter;
  }
  void await_resume() noexcept { set_ = false; }

 private:
  std::coroutine_handle<> waiter_;
  bool set_ = false;
};

}  // namespace wanwu::rpc
