#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <coroutine>
#include <utility>

#include "server/rpc/completion_tag.h"
#include "server/rpc/timer.h"

namespace wanwu::rpc {

// Reads one message of a stream, but for no longer than a time:
//   TimedRead read(queue);
//   read.Start(stream, message, timeout);
//   const TimedRead::Result result = co_await read;
// After kTimedOut the read is still under way: finish the call, which ends it,
// and then await read.Ended(). Reusable after any other result.
class TimedRead {
 public:
  enum class Result {
    kMessage,
    kEnd,  // the caller sends no more, or has gone
    kTimedOut,
  };

  explicit TimedRead(grpc::CompletionQueue& queue)
      : timer_(queue), read_(*this), timeout_(*this) {}
  TimedRead(const TimedRead&) = delete;
  TimedRead& operator=(const TimedRead&) = delete;

  template <typename Stream, typename Message>
  void Start(Stream& stream, Message& message,
             std::chrono::nanoseconds timeout) {
    read_.pending = true;
    timeout_.pending = true;
    stream.Read(&message, &read_);
    timer_.Start(timeout, timeout_);
  }

  // The first of the two events. A timer that is no longer needed is waited
  // for, too.
  bool await_ready() const noexcept { return Settled(); }
  void await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter;
  }
  Result await_resume() noexcept {
    if (read_.pending) return Result::kTimedOut;
    return read_.ok ? Result::kMessage : Result::kEnd;
  }

  // Awaitable: the read that was given up has ended.
  class Ending {
   public:
    explicit Ending(TimedRead& read) : read_(read) {}
    bool await_ready() const noexcept { return !read_.read_.pending; }
    void await_suspend(std::coroutine_handle<> waiter) noexcept {
      read_.waiter_ = waiter;
    }
    void await_resume() const noexcept {}

   private:
    TimedRead& read_;
  };
  Ending Ended() { return Ending(*this); }

 private:
  struct Event final : CompletionTag {
    explicit Event(TimedRead& timed_read) : owner(timed_read) {}
    void OnEvent(bool event_ok) override {
      pending = false;
      ok = event_ok;
      owner.Happened(*this);
    }

    TimedRead& owner;
    bool pending = false;
    bool ok = false;
  };

  bool Settled() const { return !timeout_.pending; }

  void Happened(const Event& event) {
    // The timer's event comes at once then, and settles it.
    if (&event == &read_ && timeout_.pending) return timer_.Cancel();
    if (Settled() && waiter_) std::exchange(waiter_, nullptr).resume();
  }

  Timer timer_;
  Event read_;
  Event timeout_;
  std::coroutine_handle<> waiter_;
};

}  // namespace wanwu::rpc
