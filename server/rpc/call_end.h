#pragma once

#include <grpcpp/grpcpp.h>

#include <coroutine>
#include <functional>
#include <utility>

#include "server/rpc/completion_tag.h"

namespace wanwu::rpc {

// The done-tag of one call. Arm it before the call is requested. Its event
// comes exactly once for a call that began, possibly before the event of the
// last write, and never for one that did not (grpc/grpc#10136): await it only
// for a call that began, and last, so that nothing outlives the call's frame.
class CallEnd final : public CompletionTag {
 public:
  explicit CallEnd(grpc::ServerContext& context) : context_(context) {
    context.AsyncNotifyWhenDone(this);
  }

  CallEnd(const CallEnd&) = delete;
  CallEnd& operator=(const CallEnd&) = delete;

  // `on_cancel` runs once if the client goes away, or its deadline passes,
  // before the call is finished. At once if that has already happened.
  void OnCancel(std::function<void()> on_cancel) {
    if (cancelled_) {
      on_cancel();
    } else if (!done_) {
      on_cancel_ = std::move(on_cancel);
    }
  }

  // What on_cancel refers to is about to end.
  void ForgetCancel() { on_cancel_ = nullptr; }

  bool cancelled() const { return cancelled_; }

  void OnEvent(bool /*ok*/) override {
    done_ = true;
    cancelled_ = context_.IsCancelled();
    // Either may end the call and, with it, this object.
    if (waiter_) {
      waiter_.resume();
    } else if (const auto on_cancel = std::exchange(on_cancel_, nullptr);
               cancelled_ && on_cancel) {
      on_cancel();
    }
  }

  bool await_ready() const noexcept { return done_; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter;
  }
  void await_resume() noexcept {}

 private:
  grpc::ServerContext& context_;
  std::function<void()> on_cancel_;
  std::coroutine_handle<> waiter_;
  bool done_ = false;
  bool cancelled_ = false;
};

}  // namespace wanwu::rpc
