#include "client/lib/async_batch.h"

#include <utility>

#include "client/lib/message_limit.h"
#include "client/lib/status_from_rpc.h"

namespace wanwu::client {
namespace {

BatchAnswer AnswerFrom(v1::ClassifyBatchResponse message) {
  BatchAnswer answer{std::move(*message.mutable_id()),
                     absl::InternalError("the server sent an empty answer")};
  if (message.has_response()) {
    answer.result = std::move(*message.mutable_response());
  } else if (message.has_error()) {
    answer.result = StatusFrom(message.error());
  }
  return answer;
}

}  // namespace

AsyncBatch::AsyncBatch(OnEvent on_event) : on_event_(std::move(on_event)) {}

std::shared_ptr<AsyncBatch> AsyncBatch::Make(OnEvent on_event) {
  return std::shared_ptr<AsyncBatch>(new AsyncBatch(std::move(on_event)));
}

void AsyncBatch::Start(v1::ImageClassifier::Stub& stub,
                       const CallOptions& options) {
  stub.async()->ClassifyBatch(Begin(options), this);
  // Writes start outside gRPC's callbacks, so the call must be held open.
  AddHold();
  StartRead(&incoming_);
  StartCall();
}

AsyncBatch::SendResult AsyncBatch::Send(std::string id,
                                        v1::ClassifyRequest request) {
  v1::ClassifyBatchRequest message;
  message.set_id(std::move(id));
  *message.mutable_request() = std::move(request);
  if (message.ByteSizeLong() > kMaxMessageBytes) return SendResult::kTooLarge;
  if (!BeginWrite()) return SendResult::kEnded;
  // Without the lock: gRPC may call back from here. writes_ keeps the call
  // open.
  outgoing_.Swap(&message);
  StartWrite(&outgoing_);
  return SendResult::kSent;
}

AsyncBatch::SendResult AsyncBatch::FinishSending() {
  if (!BeginWrite()) return SendResult::kEnded;
  {
    const std::lock_guard lock(mu_);
    sending_finished_ = true;
  }
  StartWritesDone();
  return SendResult::kSent;
}

bool AsyncBatch::BeginWrite() {
  const std::lock_guard lock(mu_);
  if (reading_ended_ || sending_finished_) return false;
  ++writes_;
  return true;
}

void AsyncBatch::OnReadDone(bool ok) {
  if (ok) {
    on_event_(AnswerFrom(std::move(incoming_)));
    incoming_.Clear();
    StartRead(&incoming_);
    return;
  }
  std::unique_lock lock(mu_);
  reading_ended_ = true;
  const bool release = TakeHold();
  lock.unlock();
  if (release) RemoveHold();
}

void AsyncBatch::OnWriteDone(bool /*ok*/) {
  // Its memory too, which Clear() would keep.
  v1::ClassifyBatchRequest().Swap(&outgoing_);
  EndWrite();
}

void AsyncBatch::OnWritesDoneDone(bool /*ok*/) { EndWrite(); }

// A failed write needs no care of its own: the stream is over then, and the
// read that is always under way fails as well.
void AsyncBatch::EndWrite() {
  // The next write may begin from in here.
  on_event_(BatchSent{});
  std::unique_lock lock(mu_);
  --writes_;
  const bool release = TakeHold();
  lock.unlock();
  if (release) RemoveHold();
}

bool AsyncBatch::TakeHold() {
  if (!reading_ended_ || writes_ > 0 || hold_released_) return false;
  hold_released_ = true;
  return true;
}

void AsyncBatch::OnDone(const grpc::Status& status) {
  const OnEvent on_event = std::move(on_event_);
  const absl::Status end = StatusFrom(status);
  LetGo();
  on_event(StreamEnd{end});
}

}  // namespace wanwu::client
