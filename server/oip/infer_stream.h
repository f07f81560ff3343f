#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/async_stream.h>

#include <functional>
#include <optional>

#include "server/rpc/call_attributes.h"
#include "server/rpc/call_services.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/subtask.h"
#include "server/rpc/wake_signal.h"

namespace wanwu::oip {

// One ModelStreamInfer call after it began: a coroutine reads one message
// ahead, another answers one after the other, so that answers are in the
// requests' order and flow control holds the caller back. On one poller.
class InferStream {
 public:
  using Transport =
      grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

  InferStream(rpc::CallServices& services, grpc::ServerCompletionQueue& queue,
              Transport& transport, const rpc::CallAttributes& attributes)
      : services_(services),
        queue_(queue),
        transport_(transport),
        attributes_(attributes) {}

  // Reads until half-close, failure or StopReading.
  rpc::DetachedTask Read();
  // Reads no further message than the one gRPC may already be reading.
  void StopReading();
  // The client is gone.
  void Cancel();
  // The call is being finished: a message that still comes is dropped.
  void Close() { broken_ = true; }

  rpc::WakeSignal& work() { return work_; }
  bool HasMessage() const { return message_.has_value(); }
  bool reading() const { return reading_; }
  bool stopping() const { return stopping_; }
  // The client will send no more.
  bool half_closed() const { return half_closed_; }

  // The answer to the message, whatever became of it.
  rpc::Subtask<grpc::ByteBuffer> AnswerMessage(rpc::Operation& operation);

 private:
  rpc::CallServices& services_;
  grpc::ServerCompletionQueue& queue_;
  Transport& transport_;
  const rpc::CallAttributes attributes_;
  std::optional<grpc::ByteBuffer> message_;
  // What is being answered.
  std::function<void()> cancel_current_;
  bool reading_ = true;
  bool half_closed_ = false;
  bool stopping_ = false;
  bool broken_ = false;
  rpc::WakeSignal room_;
  rpc::WakeSignal work_;
};

}  // namespace wanwu::oip
