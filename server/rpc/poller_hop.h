#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include "server/rpc/completion_tag.h"

namespace wanwu::rpc {

// Carries a message "go on" from any thread to a poller. Post at most once
// until the event has come, and never after the queue's shutdown.
class PollerHop {
 public:
  // `tag` gets the event with ok = true.
  PollerHop(grpc::CompletionQueue& queue, CompletionTag& tag)
      : queue_(queue), tag_(tag) {}

  void Post() { alarm_.Set(&queue_, gpr_time_0(GPR_CLOCK_MONOTONIC), &tag_); }

 private:
  grpc::CompletionQueue& queue_;
  CompletionTag& tag_;
  grpc::Alarm alarm_;
};

}  // namespace wanwu::rpc
