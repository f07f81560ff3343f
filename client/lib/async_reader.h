#pragma once

#include <grpcpp/support/client_callback.h>

#include <utility>

#include "client/lib/kept_call.h"
#include "client/lib/status_from_rpc.h"

namespace wanwu::client {

// Reads a server's stream.
template <typename Request, typename Message>
class AsyncReader final : public KeptCall,
                          private grpc::ClientReadReactor<Message> {
 public:
  AsyncReader(Request request, OnStreamEvent<Message> on_event)
      : request_(std::move(request)), on_event_(std::move(on_event)) {}

  // `start` is a method of a stub's async(), as
  //   [](auto&&... arguments) { stub.async()->WatchStatus(arguments...); }
  template <typename Start>
  void Run(const CallOptions& options, const Start& start) {
    start(Begin(options), &request_,
          static_cast<grpc::ClientReadReactor<Message>*>(this));
    this->StartRead(&message_);
    this->StartCall();
  }

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
    LetGo();
    on_event(StreamEnd{end});
  }

  const Request request_;
  Message message_;
  OnStreamEvent<Message> on_event_;
};

}  // namespace wanwu::client
