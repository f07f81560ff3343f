#pragma once

#include <utility>

#include "client/lib/kept_call.h"
#include "client/lib/status_from_rpc.h"

namespace wanwu::client {

// One unary call.
template <typename Request, typename Response>
class AsyncUnary final : public KeptCall {
 public:
  AsyncUnary(Request request, OnResponse<Response> on_response)
      : request_(std::move(request)), on_response_(std::move(on_response)) {}

  // `start` is a method of a stub's async(), as
  //   [](auto&&... arguments) { stub.async()->Classify(arguments...); }
  template <typename Start>
  void Run(const CallOptions& options, const Start& start) {
    start(Begin(options), &request_, &response_,
          [this](const grpc::Status& status) { End(status); });
  }

 private:
  void End(const grpc::Status& status) {
    const OnResponse<Response> on_response = std::move(on_response_);
    absl::StatusOr<Response> result =
        status.ok() ? absl::StatusOr<Response>(std::move(response_))
                    : absl::StatusOr<Response>(StatusFrom(status));
    LetGo();
    on_response(std::move(result));
  }

  const Request request_;
  Response response_;
  OnResponse<Response> on_response_;
};

}  // namespace wanwu::client
