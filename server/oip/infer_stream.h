#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <optional>

#include "server/rpc/call_attributes.h"
#include "server/rpc/call_services.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/streamed_unary.h"
#include "server/rpc/subtask.h"
#include "server/rpc/wake_signal.h"

namespace wanwu::oip {

// One ModelStreamInfer call after it began, for rpc::ServeStreamCall: a
// coroutine reads one message ahead, another answers one after the other, so
// that answers are in the requests' order and flow control holds the caller
// back. On one poller.
class InferStream {
 public:
  static constexpr char kMethod[] = "ModelStreamInfer";

  InferStream(rpc::CallServices& services, grpc::ServerCompletionQueue& queue,
              rpc::MessageStream& transport,
              const rpc::CallAttributes& attributes)
      : services_(services),
        queue_(queue),
        transport_(transport),
        attributes_(attributes) {}

  void Read() {
    ReadMessages();
    AnswerMessages();
  }
  void StopReading();
  void Cancel();
  void Close() { broken_ = true; }

  rpc::WakeSignal& work() { return work_; }
  bool HasAnswer() const { return answer_.has_value(); }
  void StartWrite(rpc::Operation& operation) {
    transport_.Write(*answer_, &operation);
  }
  void EndWrite(bool ok);
  bool idle() const { return !message_.has_value() && !answering_; }
  bool reading() const { return coroutines_ > 0; }
  bool stopping() const { return stopping_; }
  bool half_closed() const { return half_closed_; }
  bool gave_up() const { return gave_up_; }

 private:
  rpc::DetachedTask ReadMessages();
  rpc::DetachedTask AnswerMessages();
  // The answer to the message, whatever became of it; empty if there was no
  // memory for its error.
  rpc::Subtask<std::optional<grpc::ByteBuffer>> AnswerMessage(
      rpc::Operation& operation);
  void GiveUp();
  void Ended();

  rpc::CallServices& services_;
  grpc::ServerCompletionQueue& queue_;
  rpc::MessageStream& transport_;
  const rpc::CallAttributes attributes_;
  std::optional<grpc::ByteBuffer> message_;
  std::optional<grpc::ByteBuffer> answer_;
  // What is being answered.
  std::function<void()> cancel_current_;
  // From when a message was taken until its answer is on its way.
  bool answering_ = false;
  // That run.
  int coroutines_ = 2;
  // No message is coming any more.
  bool read_ended_ = false;
  bool half_closed_ = false;
  bool stopping_ = false;
  bool broken_ = false;
  bool gave_up_ = false;
  rpc::WakeSignal room_;
  // A message came, or reading ended; an answer is on its way.
  rpc::WakeSignal message_came_;
  rpc::WakeSignal answer_left_;
  rpc::WakeSignal work_;
};

}  // namespace wanwu::oip
