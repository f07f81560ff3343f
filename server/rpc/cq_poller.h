#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <thread>

namespace wanwu::rpc {

// One completion queue and the one thread that takes events off it.
class CqPoller {
 public:
  explicit CqPoller(std::unique_ptr<grpc::ServerCompletionQueue> queue)
      : queue_(std::move(queue)) {}
  // The queue must have been shut down if the poller was started.
  ~CqPoller() { Join(); }

  void Start();

  // After the gRPC server's shutdown. The poller ends once it has seen every
  // outstanding event.
  void Shutdown() { queue_->Shutdown(); }
  void Join();

  grpc::ServerCompletionQueue& queue() { return *queue_; }

 private:
  void Poll();

  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::thread thread_;
};

}  // namespace wanwu::rpc
