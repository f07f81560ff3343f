#include "server/rpc/batch_stream.h"

#include <string>
#include <utility>

#include "server/pipeline/job_errors.h"
#include "server/rpc/classification.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/raw_message.h"
#include "server/rpc/request_record.h"
#include "server/rpc/rpc_status.h"

namespace wanwu::rpc {
// One picture of the stream that is in the pipeline.
class BatchStream::Item final : public CompletionTag {
 public:
  Item(BatchStream& stream, std::string id, RequestRecord request_record)
      : record(request_record),
        classification(stream.services_, stream.queue_, *this),
        stream_(stream),
        id_(std::move(id)) {}

  // On the poller, once the job is done.
  void OnEvent(bool /*ok*/) override { stream_.Complete(*this); }

  const std::string& id() const { return id_; }

  RequestRecord record;
  Classification classification;
  // Where the stream keeps it.
  Items::iterator place;

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
    if (!waiting_.empty() ||
        unanswered_ >= services_.limits.max_stream_in_flight) {
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
  if (!waiting_.empty()) RefuseWaiting(pipeline::CancelledError());
  room_.Set();
  work_.Set();
}

void BatchStream::Begin(grpc::ByteBuffer&& message) {
  ++unanswered_;
  RequestRecord record(services_, kMethod);
  record.SetCall(attributes_);
  std::string id;
  const absl::Status status = OrOutOfMemory([&] {
    ParsedBatchRequest batch = ParseClassifyBatchRequest(std::move(message));
    id = batch.id;
    return batch.status.ok() ? Prepare(std::move(batch), record) : batch.status;
  });
  if (status.ok()) {
    SubmitWaiting();
  } else {
    PushError(id, record, status);
  }
}

absl::Status BatchStream::Prepare(ParsedBatchRequest batch,
                                  RequestRecord record) {
  auto item = std::make_unique<Item>(*this, std::move(batch.id), record);
  absl::Status status = item->classification.Prepare(std::move(batch.request),
                                                     attributes_, item->record);
  if (!status.ok()) return status;
  Item& kept = *item;
  kept.place = waiting_.insert(waiting_.end(), std::move(item));
  return status;
}

void BatchStream::SubmitWaiting() {
  if (waiting_.empty()) return;
  const absl::Status status = OrOutOfMemory(
      [this] { return waiting_.front()->classification.task().Submit(); });
  if (status.ok()) {
    in_flight_.splice(in_flight_.end(), waiting_);
  } else if (!absl::IsResourceExhausted(status) || in_flight_.empty()) {
    RefuseWaiting(status);
  }
}

void BatchStream::RefuseWaiting(const absl::Status& status) {
  const std::unique_ptr<Item> refused = std::move(waiting_.front());
  waiting_.clear();
  PushError(refused->id(), refused->record, status);
}

void BatchStream::Complete(Item& item) {
  const std::unique_ptr<Item> done = std::move(*item.place);
  in_flight_.erase(done->place);
  PushResult(*done);
  SubmitWaiting();
  room_.Set();
}

void BatchStream::PushResult(Item& done) {
  const absl::Status status = OrOutOfMemory([&]() -> absl::Status {
    absl::StatusOr<wanwu::v1::ClassifyResponse> response =
        done.classification.Answer(done.record);
    if (!response.ok()) return response.status();
    wanwu::v1::ClassifyBatchResponse answer;
    answer.set_id(done.id());
    *answer.mutable_response() = *std::move(response);
    PushAnswer(answer);
    done.record.Answered();
    return absl::OkStatus();
  });
  if (!status.ok()) PushError(done.id(), done.record, status);
}

void BatchStream::PushError(const std::string& id, RequestRecord& record,
                            const absl::Status& status) {
  record.Failed(status);
  const absl::Status pushed = OrOutOfMemory([&] {
    wanwu::v1::ClassifyBatchResponse answer;
    answer.set_id(id);
    *answer.mutable_error() = ToRpcStatus(status);
    PushAnswer(answer);
    return absl::OkStatus();
  });
  if (!pushed.ok()) GiveUp();
}

void BatchStream::GiveUp() {
  --unanswered_;
  gave_up_ = true;
  StopReading();
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
