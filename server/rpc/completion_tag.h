#pragma once

#include <coroutine>
#include <utility>

namespace wanwu::rpc {

// What is put on a completion queue. Everything that a poller takes off one
// derives from it.
class CompletionTag {
 public:
  // On the queue's poller thread. `ok` is gRPC's: false for a failed read or
  // write, or a request that never came because of shutdown.
  virtual void OnEvent(bool ok) = 0;

 protected:
  ~CompletionTag() = default;
};

// A started gRPC operation that a coroutine awaits:
//   Operation read;
//   stream.Read(&message, &read);
//   const bool ok = co_await read;
// Starting it, its event and the resumption all happen on one poller thread,
// so nothing here is atomic. Reusable once its event has come.
class Operation final : public CompletionTag {
 public:
  Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  void OnEvent(bool ok) override {
    ok_ = ok;
    done_ = true;
    if (waiter_) std::exchange(waiter_, nullptr).resume();
  }

  bool await_ready() const noexcept { return done_; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter;
  }
  bool await_resume() noexcept {
    done_ = false;
    return ok_;
  }

 private:
  std::coroutine_handle<> waiter_;
  bool done_ = false;
  bool ok_ = false;
};

}  // namespace wanwu::rpc
