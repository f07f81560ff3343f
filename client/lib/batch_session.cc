#include "client/lib/batch_session.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/lib/message_limit.h"
#include "client/lib/rpc_error.h"
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

absl::Status TimeoutError(std::chrono::milliseconds timeout) {
  return MakeError(
      absl::StatusCode::kDeadlineExceeded, "ANSWER_TIMEOUT",
      absl::StrCat("the server sent no answer for ", timeout.count(), " ms"));
}

}  // namespace

BatchSession::BatchSession(v1::ImageClassifier::Stub& stub,
                           const BatchOptions& options)
    : options_(options) {
  SetPriority(context_, options.priority);
  stub.async()->ClassifyBatch(&context_, this);
  // Writes start outside gRPC's callbacks, so the call must be held open.
  AddHold();
  StartRead(&incoming_);
  StartCall();
}

BatchSession::~BatchSession() {
  context_.TryCancel();
  Lock lock(mu_);
  changed_.wait(lock, [this] { return end_.has_value(); });
}

BatchSession::SendResult BatchSession::Send(std::string id,
                                            v1::ClassifyRequest request) {
  v1::ClassifyBatchRequest message;
  message.set_id(std::move(id));
  *message.mutable_request() = std::move(request);
  if (message.ByteSizeLong() > kMaxMessageBytes) return SendResult::kTooLarge;

  Lock lock(mu_);
  Wait(lock, [this] {
    return reading_ended_ ||
           (!writing_ && UnreadCount() < options_.max_in_flight);
  });
  if (reading_ended_ || sending_finished_) return SendResult::kEnded;
  if (unanswered_++ == 0) last_progress_ = Clock::now();
  writing_ = true;
  outgoing_.Swap(&message);
  lock.unlock();

  // Without the lock: gRPC may call back from here. writing_ keeps the call
  // alive.
  changed_.notify_all();
  StartWrite(&outgoing_);
  return SendResult::kSent;
}

bool BatchSession::HasRoom() const {
  Lock lock(mu_);
  return UnreadCount() < options_.max_in_flight;
}

void BatchSession::FinishSending() {
  Lock lock(mu_);
  Wait(lock, [this] { return reading_ended_ || !writing_; });
  if (reading_ended_ || sending_finished_) return;
  sending_finished_ = true;
  last_progress_ = Clock::now();
  writing_ = true;
  lock.unlock();

  changed_.notify_all();
  StartWritesDone();
}

std::optional<BatchAnswer> BatchSession::Read() {
  Lock lock(mu_);
  Wait(lock, [this] { return !answers_.empty() || reading_ended_; });
  if (answers_.empty()) return std::nullopt;
  v1::ClassifyBatchResponse message = std::move(answers_.front());
  answers_.pop_front();
  lock.unlock();

  changed_.notify_all();
  return AnswerFrom(std::move(message));
}

absl::Status BatchSession::Finish() {
  Lock lock(mu_);
  Wait(lock, [this] { return end_.has_value(); });
  return failure_.ok() ? StatusFrom(*end_) : failure_;
}

void BatchSession::Cancel() { context_.TryCancel(); }

void BatchSession::OnReadDone(bool ok) {
  Lock lock(mu_);
  if (ok && unanswered_ > 0) {
    answers_.push_back(std::move(incoming_));
    incoming_.Clear();
    --unanswered_;
    last_progress_ = Clock::now();
  } else if (ok) {
    Fail(lock, absl::InternalError("the server answered what was not asked"));
  } else {
    reading_ended_ = true;
  }
  const bool release = TakeHold();
  lock.unlock();

  changed_.notify_all();
  if (ok) StartRead(&incoming_);
  if (release) RemoveHold();
}

void BatchSession::OnWriteDone(bool /*ok*/) { EndWrite(); }

void BatchSession::OnWritesDoneDone(bool /*ok*/) { EndWrite(); }

// A failed write needs no care of its own: the stream is over then, and the
// read that is always under way fails as well.
void BatchSession::EndWrite() {
  Lock lock(mu_);
  writing_ = false;
  const bool release = TakeHold();
  lock.unlock();

  changed_.notify_all();
  if (release) RemoveHold();
}

void BatchSession::OnDone(const grpc::Status& status) {
  // With the lock: once it is free the destructor may have run.
  Lock lock(mu_);
  end_ = status;
  changed_.notify_all();
}

bool BatchSession::TakeHold() {
  if (!reading_ended_ || writing_ || hold_released_) return false;
  hold_released_ = true;
  return true;
}

void BatchSession::Fail(Lock& lock, absl::Status reason) {
  if (failure_.ok()) failure_ = std::move(reason);
  lock.unlock();
  context_.TryCancel();
  lock.lock();
}

template <typename Ready>
void BatchSession::Wait(Lock& lock, Ready ready) {
  while (!ready()) {
    const bool owed = unanswered_ > 0 || sending_finished_;
    if (!owed || reading_ended_ || !failure_.ok()) {
      changed_.wait(lock);
      continue;
    }
    const auto due = last_progress_ + options_.answer_timeout;
    if (Clock::now() >= due) {
      Fail(lock, TimeoutError(options_.answer_timeout));
    } else {
      changed_.wait_until(lock, due);
    }
  }
}

int BatchSession::UnreadCount() const {
  return unanswered_ + static_cast<int>(answers_.size());
}

}  // namespace wanwu::client
