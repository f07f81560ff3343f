#include "client/cli/batch_run.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "client/lib/rpc_error.h"

namespace wanwu::cli {

using client::BatchSession;
using std::chrono::steady_clock;

BatchRun::BatchRun(BatchSession& session, const BatchInput& input,
                   Deliver deliver)
    : session_(session),
      input_(input),
      deliver_(std::move(deliver)),
      order_(input.window) {}

void BatchRun::Run() {
  while (!stopped_ && delivered_ < input_.files.size()) {
    SendWhileRoom();
    if (stopped_) break;
    if (!in_flight_.empty()) {
      ReadAnswer();
    } else if (!to_resend_.empty()) {
      WaitToResume();
    }
  }
  if (stopped_) return DeliverWhatCame();
  session_.FinishSending();
  while (session_.Read()) {
  }
}

void BatchRun::Stop() {
  {
    const std::lock_guard lock(mu_);
    stopped_ = true;
  }
  stop_.notify_all();
  session_.Cancel();
}

// Sending is not finished before all is answered: what is refused is sent
// again.
void BatchRun::SendWhileRoom() {
  while (!stopped_ && !ended_ && session_.HasRoom() &&
         pace_.MaySend(in_flight_.size(), steady_clock::now()) && SendNext()) {
  }
}

bool BatchRun::SendNext() {
  if (!to_resend_.empty()) {
    SendOne(to_resend_.extract(to_resend_.begin()).value());
    return true;
  }
  if (next_to_send_ == input_.files.size() || !order_.HasRoom(next_to_send_)) {
    return false;
  }
  SendOne(next_to_send_++);
  return true;
}

void BatchRun::SendOne(std::size_t index) {
  const ListedFile& file = input_.files[index];
  absl::StatusOr<std::string> image =
      file.problem.ok() ? pictures_.Read(file.path, &stopped_) : file.problem;
  if (stopped_) return;
  if (!image.ok()) return Add(index, image.status());

  v1::ClassifyRequest request = input_.request;
  request.set_image(std::move(*image));
  in_flight_.insert(index);
  switch (session_.Send(std::to_string(index), std::move(request))) {
    case BatchSession::SendResult::kSent:
      break;
    case BatchSession::SendResult::kTooLarge:
      in_flight_.erase(index);
      Add(index, absl::InvalidArgumentError("the request is too large"));
      break;
    case BatchSession::SendResult::kEnded:
      // The read that finds the end fails this picture with the rest.
      ended_ = true;
      break;
  }
}

void BatchRun::ReadAnswer() {
  std::optional<client::BatchAnswer> answer = session_.Read();
  if (answer) return TakeAnswer(std::move(*answer));
  if (stopped_) return;
  const absl::Status end = session_.Finish();
  FailTheRest(end.ok()
                  ? absl::InternalError("the server ended the stream early")
                  : end);
}

void BatchRun::TakeAnswer(client::BatchAnswer answer) {
  std::size_t index = 0;
  if (!absl::SimpleAtoi(answer.id, &index) || !in_flight_.contains(index)) {
    session_.Cancel();
    return FailTheRest(
        absl::InternalError("the server answered what was not asked"));
  }
  if (KeepForResend(index, answer.result.status())) return;
  in_flight_.erase(index);
  pace_.OnAnswer();
  Add(index, std::move(answer.result));
}

bool BatchRun::KeepForResend(std::size_t index, const absl::Status& error) {
  if (!absl::IsResourceExhausted(error) && !absl::IsUnavailable(error)) {
    return false;
  }
  const auto delay = client::DescribeError(error).retry_delay;
  if (!delay || *delay > kLongestWait) return false;
  Refusal& refusal = refusals_[index];
  if (++refusal.times > kMaxResends) return false;
  refusal.error = error;
  pace_.OnRefusal(in_flight_.size(), *delay, steady_clock::now());
  in_flight_.erase(index);
  to_resend_.insert(index);
  return true;
}

void BatchRun::WaitToResume() {
  std::unique_lock lock(mu_);
  stop_.wait_until(lock, pace_.resume_at(), [this] { return stopped_.load(); });
}

void BatchRun::DeliverWhatCame() {
  while (auto answer = session_.Read()) TakeAnswer(std::move(*answer));
  while (const auto result = order_.TakeEarliest()) DeliverOne(*result);
}

void BatchRun::FailTheRest(const absl::Status& reason) {
  in_flight_.merge(to_resend_);
  to_resend_.clear();
  for (const std::size_t index : in_flight_) {
    // A refusal says more of its picture than how the stream ended.
    const auto refusal = refusals_.find(index);
    const absl::Status error =
        refusal == refusals_.end() ? reason : refusal->second.error;
    Add(index, error);
  }
  in_flight_.clear();
  while (!stopped_ && next_to_send_ < input_.files.size()) {
    Add(next_to_send_++, reason);
  }
}

void BatchRun::Add(std::size_t index,
                   absl::StatusOr<v1::ClassifyResponse> result) {
  refusals_.erase(index);
  order_.Add(index, {input_.files[index].path, std::move(result)});
  while (!stopped_) {
    const auto next = order_.TakeNext();
    if (!next) break;
    DeliverOne(*next);
  }
}

void BatchRun::DeliverOne(const PictureResult& result) {
  ++delivered_;
  if (deliver_(result) == Next::kStop) Stop();
}

}  // namespace wanwu::cli
