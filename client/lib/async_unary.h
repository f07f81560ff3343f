#pragma once

#include <grpcpp/client_context.h>

#include <memory>
#include <utility>

#include "client/lib/async_call.h"
#include "client/lib/call_options.h"
#include "client/lib/status_from_rpc.h"

namespace wanwu::client {

// One unary call, which keeps itself alive until it has ended.
template <typename Request, typename Response>
class AsyncUnary final
    : public AsyncCall,
      public std::enable_shared_from_this<AsyncUnary<Request, Response>> {
 public:
  AsyncUnary(Request request, const CallOptions& options,
             OnResponse<Response> on_response)
      : request_(std::move(request)), on_response_(std::move(on_response)) {
    Apply(options, context_);
  }

  // `start` is a method of a stub's async(), as
  //   [](auto&&... arguments) { stub.async()->Classify(arguments...); }
  template <typename Start>
  void Run(const Start& start) {
    start(&context_, &request_, &response_,
          [self = this->shared_from_this()](const grpc::Status& status) {
            self->End(status);
          });
  }

  void Cancel() override { context_.TryCancel(); }

 private:
  void End(const grpc::Status& status) {
    if (status.ok()) {
      on_response_(std::move(response_));
    } else {
      on_response_(StatusFrom(status));
    }
  }

  grpc::ClientContext context_;
  const Request request_;
  Response response_;
  const OnResponse<Response> on_response_;
};

}  // namespace wanwu::client
