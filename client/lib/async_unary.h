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
    self_ = this->shared_from_this();
    start(&context_, &request_, &response_,
          [this](const grpc::Status& status) { End(status); });
  }

  void Cancel() override { context_.TryCancel(); }

 private:
  void End(const grpc::Status& status) {
    const OnResponse<Response> on_response = std::move(on_response_);
    absl::StatusOr<Response> result =
        status.ok() ? absl::StatusOr<Response>(std::move(response_))
                    : absl::StatusOr<Response>(StatusFrom(status));
    // May end this object. Before the response is told: whoever waits for that
    // may end the client, and gRPC's channel must not end with this object on
    // one of gRPC's own threads.
    self_.reset();
    on_response(std::move(result));
  }

  grpc::ClientContext context_;
  const Request request_;
  Response response_;
  OnResponse<Response> on_response_;
  // Until the call has ended.
  std::shared_ptr<AsyncUnary> self_;
};

}  // namespace wanwu::client
