#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "server/rpc/call_end.h"
#include "server/rpc/call_services.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/live_calls.h"
#include "server/rpc/reader_watch.h"
#include "server/rpc/streamed_unary.h"
#include "server/rpc/subtask.h"
#include "server/rpc/timed_read.h"

namespace wanwu::rpc {

// A call that sends one message, of a method that is served as a raw stream:
// how each of them begins, receives and ends. On the poller of `queue`; lives
// in the call's coroutine, which awaits Begin, Receive and one of Answer and
// Finish, in this order, and nothing after a Begin that said no.
class MessageCall {
 public:
  MessageCall(CallServices& services, grpc::ServerCompletionQueue& queue,
              const char* method)
      : services_(services),
        queue_(queue),
        live_(services.live_calls),
        end_(context_),
        stream_(&context_),
        read_(queue),
        reader_(services, queue, context_, method) {}

  // Whether a caller came; if not, the server shuts down.
  template <typename Service, typename Base>
  Subtask<bool> Begin(Service& service, PostStreamed<Base> post) {
    (service.*post)(&context_, &stream_, &queue_, &queue_, &operation_);
    const bool began = co_await operation_;
    if (began) live_.Enter(LiveCalls::Stage::kReceiving);
    co_return began;
  }

  // Not read at all, and kEnd, if the caller is not `allowed` to make the call.
  Subtask<TimedRead::Result> Receive(bool allowed, grpc::ByteBuffer& message) {
    TimedRead::Result received = TimedRead::Result::kEnd;
    if (allowed) {
      read_.Start(stream_, message, services_.limits.receive_timeout);
      received = co_await read_;
    }
    live_.Enter(LiveCalls::Stage::kAnswering);
    co_return received;
  }

  // Between Receive and the end: false if the caller is no longer there.
  Subtask<bool> Write(grpc::ByteBuffer message) {
    reader_.WriteBegins();
    stream_.Write(message, &operation_);
    const bool written = co_await operation_;
    reader_.WriteEnded();
    co_return written;
  }

  Subtask<> Answer(grpc::ByteBuffer message) {
    reader_.WriteBegins();
    stream_.WriteAndFinish(message, {}, grpc::Status::OK, &operation_);
    auto ended = End();
    co_await ended;
  }

  Subtask<> Finish(grpc::Status status) {
    reader_.WriteBegins();
    stream_.Finish(status, &operation_);
    auto ended = End();
    co_await ended;
  }

  grpc::ServerContext& context() { return context_; }
  // For what the call waits for between Receive and the end.
  Operation& operation() { return operation_; }
  CallEnd& end() { return end_; }

 private:
  Subtask<> End() {
    co_await operation_;
    reader_.WriteEnded();
    auto unwatched = reader_.Closed();
    co_await unwatched;
    auto read_ended = read_.Ended();
    co_await read_ended;
    co_await end_;
  }

  CallServices& services_;
  grpc::ServerCompletionQueue& queue_;
  // Ends after everything of gRPC.
  LiveCalls::Token live_;
  grpc::ServerContext context_;
  CallEnd end_;
  MessageStream stream_;
  Operation operation_;
  TimedRead read_;
  ReaderWatch reader_;
};

}  // namespace wanwu::rpc
