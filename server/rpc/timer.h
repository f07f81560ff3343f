#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <chrono>

#include "server/rpc/completion_tag.h"

namespace wanwu::rpc {

// Lets a coroutine wait for a time, on its poller:
//   timer.Start(delay, operation);
//   co_await operation;
// Start again only when the event has come, which it does exactly once, and
// never after the queue's shutdown.
class Timer {
 public:
  explicit Timer(grpc::CompletionQueue& queue) : queue_(queue) {}

  // `tag` gets the event: with ok = true once `delay` has passed, with false
  // as soon as the wait is cancelled.
  void Start(std::chrono::nanoseconds delay, CompletionTag& tag) {
    const gpr_timespec end =
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                     gpr_time_from_nanos(delay.count(), GPR_TIMESPAN));
    alarm_.Set(&queue_, end, &tag);
  }

  // No effect if no wait is under way.
  void Cancel() { alarm_.Cancel(); }

 private:
  grpc::CompletionQueue& queue_;
  grpc::Alarm alarm_;
};

}  // namespace wanwu::rpc
