#include "client/lib/batch_session.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "client/lib/rpc_error.h"

namespace wanwu::client {
namespace {

absl::Status TimeoutError(std::chrono::milliseconds timeout) {
  return MakeError(
      absl::StatusCode::kDeadlineExceeded, "ANSWER_TIMEOUT",
      absl::StrCat("the server sent no answer for ", timeout.count(), " ms"));
}

}  // namespace

BatchSession::BatchSession(v1::ImageClassifier::Stub& stub,
                           const BatchOptions& options)
    : options_(options), batch_(AsyncBatch::Make([this](BatchEvent event) {
        OnEvent(std::move(event));
      })) {
  batch_->Start(stub,
                {.deadline = options.deadline, .priority = options.priority});
}

BatchSession::~BatchSession() {
  batch_->Cancel();
  Lock lock(mu_);
  changed_.wait(lock, [this] { return end_.has_value(); });
}

BatchSession::SendResult BatchSession::Send(std::string id,
                                            v1::ClassifyRequest request) {
  Lock lock(mu_);
  Wait(lock, [this] {
    return end_.has_value() ||
           (!writing_ && UnreadCount() < options_.max_in_flight);
  });
  if (end_.has_value() || sending_finished_) return SendResult::kEnded;
  if (unanswered_++ == 0) last_progress_ = Clock::now();
  writing_ = true;
  lock.unlock();

  const SendResult result = batch_->Send(std::move(id), std::move(request));
  if (result == SendResult::kSent) return result;
  lock.lock();
  writing_ = false;
  --unanswered_;
  lock.unlock();
  changed_.notify_all();
  return result;
}

bool BatchSession::HasRoom() const {
  Lock lock(mu_);
  return UnreadCount() < options_.max_in_flight;
}

void BatchSession::FinishSending() {
  Lock lock(mu_);
  Wait(lock, [this] { return end_.has_value() || !writing_; });
  if (end_.has_value() || sending_finished_) return;
  sending_finished_ = true;
  last_progress_ = Clock::now();
  writing_ = true;
  lock.unlock();

  changed_.notify_all();
  batch_->FinishSending();
}

std::optional<BatchAnswer> BatchSession::Read() {
  Lock lock(mu_);
  Wait(lock, [this] { return !answers_.empty() || end_.has_value(); });
  if (answers_.empty()) return std::nullopt;
  BatchAnswer answer = std::move(answers_.front());
  answers_.pop_front();
  lock.unlock();

  changed_.notify_all();
  return answer;
}

absl::Status BatchSession::Finish() {
  Lock lock(mu_);
  Wait(lock, [this] { return end_.has_value(); });
  return failure_.ok() ? *end_ : failure_;
}

void BatchSession::Cancel() { batch_->Cancel(); }

void BatchSession::OnEvent(BatchEvent event) {
  Lock lock(mu_);
  if (auto* answer = std::get_if<BatchAnswer>(&event)) {
    Keep(lock, std::move(*answer));
  } else if (const auto* end = std::get_if<StreamEnd>(&event)) {
    end_ = end->status;
  } else {
    writing_ = false;
  }
  // With the lock: once it is free the destructor may have run.
  changed_.notify_all();
}

void BatchSession::Keep(Lock& lock, BatchAnswer answer) {
  if (unanswered_ == 0) {
    Fail(lock, absl::InternalError("the server answered what was not asked"));
    return;
  }
  answers_.push_back(std::move(answer));
  --unanswered_;
  last_progress_ = Clock::now();
}

void BatchSession::Fail(Lock& lock, absl::Status reason) {
  if (failure_.ok()) failure_ = std::move(reason);
  lock.unlock();
  batch_->Cancel();
  lock.lock();
}

template <typename Ready>
void BatchSession::Wait(Lock& lock, Ready ready) {
  while (!ready()) {
    const bool owed = unanswered_ > 0 || sending_finished_;
    if (!owed || !failure_.ok()) {
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
