#pragma once

#include <grpcpp/grpcpp.h>

#include "server/rpc/call_services.h"

namespace wanwu::rpc {

// A service that another part of the program serves, on the same queues and
// with the same rules as our own.
class AddedService {
 public:
  virtual ~AddedService() = default;

  virtual grpc::Service& service() = 0;

  // Posts requests of every method on `queue`, before its poller runs.
  virtual void Post(CallServices& services,
                    grpc::ServerCompletionQueue& queue) = 0;
};

}  // namespace wanwu::rpc
