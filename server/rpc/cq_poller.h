#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <thread>
#include <utility>

#include "batching/clock.h"
#include "batching/work_mark.h"

namespace wanwu::rpc {

// One completion queue and the one thread that takes events off it.
class CqPoller {
 public:
  // `clock` must outlive it.
  CqPoller(std::unique_ptr<grpc::ServerCompletionQueue> queue,
           const batching::Clock& clock)
      : queue_(std::move(queue)), clock_(clock) {}
  // The queue must have been shut down if the poller was started.
  ~CqPoller() { Join(); }

  void Start();

  // After the gRPC server's shutdown. The poller ends once it has seen every
  // outstanding event.
  void Shutdown() { queue_->Shutdown(); }
  void Join();

  grpc::ServerCompletionQueue& queue() { return *queue_; }

  // Of the event that it is handling.
  const batching::WorkMark& mark() const { return mark_; }

 private:
  void Poll();

  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  const batching::Clock& clock_;
  batching::WorkMark mark_;
  std::thread thread_;
};

}  // namespace wanwu::rpc
