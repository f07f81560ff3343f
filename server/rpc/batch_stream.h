#pragma once

#include <grpcpp/grpcpp.h>

#include <deque>
#include <list>
#include <memory>

#include "server/rpc/call_attributes.h"
#include "server/rpc/call_services.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/request_parser.h"
#include "server/rpc/request_record.h"
#include "server/rpc/streamed_unary.h"
#include "server/rpc/wake_signal.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::rpc {

// One ClassifyBatch stream after its call began: a reader that turns messages
// into jobs, and a writer that sends answers as they complete. Both are
// coroutines on one poller thread, so nothing here is locked.
class BatchStream {
 public:
  static constexpr char kMethod[] = "ClassifyBatch";
  using Transport = MessageStream;

  // All must outlive the stream.
  BatchStream(CallServices& services, grpc::ServerCompletionQueue& queue,
              Transport& transport, const CallAttributes& attributes);
  ~BatchStream();
  BatchStream(const BatchStream&) = delete;
  BatchStream& operator=(const BatchStream&) = delete;

  // Reads until half-close or failure, never with more than
  // max_stream_in_flight pictures unanswered, nor while one waits for room in
  // the queue.
  DetachedTask Read();

  // Reads no further message than the one gRPC may already be reading.
  void StopReading();

  // The client is gone: cancels what is in flight.
  void Cancel();

  // The call is being finished: a message that still comes is dropped.
  void Close() { broken_ = true; }

  // The writer's part. Waits until there is something to do.
  WakeSignal& work() { return work_; }
  bool HasAnswer() const { return !answers_.empty(); }
  // Starts to send the oldest answer.
  void StartWrite(Operation& operation);
  // The answer is on its way, or lost if the stream is broken.
  void EndWrite(bool ok);
  bool reading() const { return reading_; }
  bool stopping() const { return stopping_; }
  // The client will send no more.
  bool half_closed() const { return half_closed_; }
  // There was no memory for some picture's error: the call's status tells of
  // it, once the others are answered.
  bool gave_up() const { return gave_up_; }
  // Nothing is in flight and nothing waits to be sent.
  bool idle() const { return unanswered_ == 0; }

 private:
  class Item;
  using Items = std::list<std::unique_ptr<Item>>;

  void Begin(grpc::ByteBuffer&& message);
  absl::Status Prepare(ParsedBatchRequest batch, RequestRecord record);
  // Submits what waits for room. That is refused for want of room only if
  // nothing of this stream is in flight, whose end would make some.
  void SubmitWaiting();
  void RefuseWaiting(const absl::Status& status);
  void Complete(Item& item);
  void PushResult(Item& done);
  void PushAnswer(const wanwu::v1::ClassifyBatchResponse& response);
  void PushError(const std::string& id, RequestRecord& record,
                 const absl::Status& status);
  void GiveUp();

  CallServices& services_;
  grpc::ServerCompletionQueue& queue_;
  Transport& transport_;
  const CallAttributes attributes_;

  Items in_flight_;
  // At most one, and only while others are in flight.
  Items waiting_;
  std::deque<grpc::ByteBuffer> answers_;
  // In flight, waiting or in answers_.
  int unanswered_ = 0;
  bool reading_ = true;
  bool half_closed_ = false;
  bool stopping_ = false;
  bool broken_ = false;
  bool gave_up_ = false;
  WakeSignal room_;
  WakeSignal work_;
};

}  // namespace wanwu::rpc
