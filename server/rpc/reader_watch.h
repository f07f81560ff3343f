#pragma once

#include <grpcpp/grpcpp.h>

#include <coroutine>

#include "server/rpc/call_services.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/timer.h"

namespace wanwu::rpc {

// Cancels a call whose client takes no answer for CallLimits::reader_timeout.
// On the call's poller only; await Closed before it is destroyed, as for a
// BroadcastListener.
class ReaderWatch final : private CompletionTag {
 public:
  ReaderWatch(CallServices& services, grpc::CompletionQueue& queue,
              grpc::ServerContext& context, const char* method);
  ReaderWatch(const ReaderWatch&) = delete;
  ReaderWatch& operator=(const ReaderWatch&) = delete;

  // Around each write.
  void WriteBegins();
  void WriteEnded() { writing_ = false; }

  // Awaitable: after it nothing runs any more.
  class Closing {
   public:
    explicit Closing(ReaderWatch& watch) : watch_(watch) {}
    bool await_ready() {
      watch_.timer_.Cancel();
      return !watch_.armed_;
    }
    void await_suspend(std::coroutine_handle<> waiter) noexcept {
      watch_.waiter_ = waiter;
    }
    void await_resume() const noexcept {}

   private:
    ReaderWatch& watch_;
  };
  Closing Closed() { return Closing(*this); }

 private:
  void Arm(batching::Clock::Duration delay);
  void OnEvent(bool ok) override;

  CallServices& services_;
  grpc::ServerContext& context_;
  const char* const method_;
  Timer timer_;
  batching::Clock::TimePoint write_began_;
  bool writing_ = false;
  // The timer's event is to come. It outlasts the write, so that most writes
  // start no timer.
  bool armed_ = false;
  std::coroutine_handle<> waiter_;
};

}  // namespace wanwu::rpc
