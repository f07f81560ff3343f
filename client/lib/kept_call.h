#pragma once

#include <grpcpp/client_context.h>

#include <memory>

#include "client/lib/async_call.h"
#include "client/lib/call_options.h"

namespace wanwu::client {

// A call that keeps itself alive until it has ended. Held by a shared_ptr.
class KeptCall : public AsyncCall,
                 public std::enable_shared_from_this<KeptCall> {
 public:
  void Cancel() override { context_.TryCancel(); }

 protected:
  // Before the call is started.
  grpc::ClientContext* Begin(const CallOptions& options) {
    Apply(options, context_);
    self_ = shared_from_this();
    return &context_;
  }

  // May end this object. Before the end is told: whoever waits for that may end
  // the client, and gRPC's channel must not end with this object on one of
  // gRPC's own threads.
  void LetGo() { self_.reset(); }

 private:
  grpc::ClientContext context_;
  std::shared_ptr<KeptCall> self_;
};

}  // namespace wanwu::client
