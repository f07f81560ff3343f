#include "server/rpc/batch_stream.h"

#include <string>
#include <utility>

#include "server/rpc/classification.h"
#include "server/rpc/picture_count.h"
#include "server/rpc/raw_message.h"
#include "server/rpc/rpc_status.h"

namespace wanwu::rpc {

// One picture of the stream that is in the pipeline.
class BatchStream::Item final : public CompletionTag {
 public:
  Item(BatchStream& stream, std::string id)
      : classification(stream.services_, stream.queue_, *this),
        stream_(stream),
        id_(std::move(id)) {}

  // On the poller, once the job is done.
  void OnEvent(bool /*ok*/) override { stream_.Complete(*this); }

  const std::string& id() const { return id_; }

  Classification classification;
  // Where the stream keeps it.
  std::list<std::unique_ptr<Item>>::iterator place;

 private:
  BatchStream& stream_;
  const std::string id_;
};

BatchStream::BatchStream(CallServices& services,
                         grpc::ServerCompletionQueue& queue,
                         Transport& transport, const CallAttributes& attributes)
    : services_(services),
      queue_(queue),
      transport_(transport),
      attributes_(attributes) {}

BatchStream::~BatchStream() = default;

DetachedTask BatchStream::Read() {
  Operation read;
  while (!stopping_ && !broken_) {
    if (unanswered_ >= services_.limits.max_stream_in_flight) {
      co_await room_;
      continue;
    }
    grpc::ByteBuffer message;
    transport_.Read(&message, &read);
    const bool ok = co_await read;
    if (!ok) {
      half_closed_ = true;
      break;
    }
    if (!broken_) Begin(std::move(message));
  }
  reading_ = false;
  work_.Set();
}

void BatchStream::StopReading() {
  stopping_ = true;
  room_.Set();
  work_.Set();
}

void BatchStream::Cancel() {
  broken_ = true;
  for (const auto& item : in_flight_) item->classification.task().Cancel();
  room_.Set();
  work_.Set();
}

void BatchStream::Begin(grpc::ByteBuffer&& message) {
  ++unanswered_;
  ParsedBatchRequest batch = ParseClassifyBatchRequest(std::move(message));
  absl::Status status = batch.status;
  if (status.ok()) {
    status = Submit(std::make_unique<Item>(*this, batch.id),
                    std::move(batch.request));
  }
  if (!status.ok()) PushError(batch.id, status);
}

absl::Status BatchStream::Submit(std::unique_ptr<Item> item,
                                 ParsedRequest request) {
  absl::Status status =
      item->classification.Prepare(std::move(request), attributes_);
  if (!status.ok()) return status;
  status = item->classification.task().Submit();
  if (!status.ok()) return status;
  Item& kept = *item;
  kept.place = in_flight_.insert(in_flight_.end(), std::move(item));
  return absl::OkStatus();
}

void BatchStream::Complete(Item& item) {
  const std::unique_ptr<Item> done = std::move(*item.place);
  in_flight_.erase(done->place);
  absl::StatusOr<wanwu::v1::ClassifyResponse> response =
      done->classification.Answer();
  if (!response.ok()) return PushError(done->id(), response.status());
  wanwu::v1::ClassifyBatchResponse answer;
  answer.set_id(done->id());
  *answer.mutable_response() = *std::move(response);
  PushAnswer(answer);
}

void BatchStream::PushError(const std::string& id, const absl::Status& status) {
  CountError(services_, "ClassifyBatch", status);
  wanwu::v1::ClassifyBatchResponse answer;
  answer.set_id(id);
  *answer.mutable_error() = ToRpcStatus(status);
  PushAnswer(answer);
}

void BatchStream::PushAnswer(const wanwu::v1::ClassifyBatchResponse& response) {
  answers_.push_back(ToByteBuffer(response));
  work_.Set();
}

void BatchStream::StartWrite(Operation& operation) {
  transport_.Write(answers_.front(), &operation);
}

void BatchStream::EndWrite(bool ok) {
  answers_.pop_front();
  --unanswered_;
  if (!ok && !broken_) Cancel();
  room_.Set();
}

}  // namespace wanwu::rpc
