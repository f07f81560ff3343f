#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <memory>
#include <utility>

#include "client/lib/async_call.h"
#include "client/lib/call_options.h"
#include "client/lib/status_from_rpc.h"

namespace wanwu::client {

// Reads a server's stream, and keeps itself alive until it has ended.
template <typename Request, typename Message>
class AsyncReader final
    : public AsyncCall,
      private grpc::ClientReadReactor<Message>,
      public std::enable_shared_from_this<AsyncReader<Request, Message>> {
 public:
  AsyncReader(Request request, const CallOptions& options,
              OnStreamEvent<Message> on_event)
      : request_(std::move(request)), on_event_(std::move(on_event)) {
    Apply(options, context_);
  }

  // `start` is a method of a stub's async(), as
  //   [](auto&&... arguments) { stub.async()->WatchStatus(arguments...); }
  template <typename Start>
  void Run(const Start& start) {
    self_ = this->shared_from_this();
    start(&context_, &request_,
          static_cast<grpc::ClientReadReactor<Message>*>(this));
    this->StartRead(&message_);
    this->StartCall();
  }

  void Cancel() override { context_.TryCancel(); }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;
    on_event_(std::move(message_));
    message_.Clear();
    this->StartRead(&message_);
  }

  void OnDone(const grpc::Status& status) override {
    const OnStreamEvent<Message> on_event = std::move(on_event_);
    const absl::Status end = StatusFrom(status);
    self_.reset();  // May end this object.
    on_event(StreamEnd{end});
  }

  grpc::ClientContext context_;
  const Request request_;
  Message message_;
  OnStreamEvent<Message> on_event_;
  std::shared_ptr<AsyncReader> self_;
};

}  // namespace wanwu::client
