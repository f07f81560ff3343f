#include "client/cli/batch_run.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "client/cli/picture_file.h"

namespace wanwu::cli {

using client::BatchSession;

BatchRun::BatchRun(BatchSession& session, const BatchInput& input,
                   Deliver deliver)
    : session_(session),
      input_(input),
      deliver_(std::move(deliver)),
      order_(input.window) {}

void BatchRun::Run() {
  while (!stopped_ && delivered_ < input_.files.size()) {
    SendWhileRoom();
    if (!stopped_ && !in_flight_.empty()) ReadAnswer();
  }
  if (stopped_) return DeliverWhatCame();
  session_.FinishSending();
  while (session_.Read()) {
  }
}

void BatchRun::Stop() {
  stopped_ = true;
  session_.Cancel();
}

void BatchRun::SendWhileRoom() {
  while (!stopped_ && !ended_ && next_to_send_ < input_.files.size() &&
         session_.HasRoom() && order_.HasRoom(next_to_send_)) {
    SendOne(next_to_send_++);
    if (next_to_send_ == input_.files.size()) session_.FinishSending();
  }
}

void BatchRun::SendOne(std::size_t index) {
  const ListedFile& file = input_.files[index];
  absl::StatusOr<std::string> image =
      file.problem.ok() ? ReadPicture(file.path) : file.problem;
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
  if (absl::SimpleAtoi(answer.id, &index) && in_flight_.erase(index) == 1) {
    return Add(index, std::move(answer.result));
  }
  session_.Cancel();
  FailTheRest(absl::InternalError("the server answered what was not asked"));
}

void BatchRun::DeliverWhatCame() {
  while (auto answer = session_.Read()) TakeAnswer(std::move(*answer));
  while (const auto result = order_.TakeEarliest()) DeliverOne(*result);
}

void BatchRun::FailTheRest(const absl::Status& reason) {
  for (const std::size_t index : in_flight_) Add(index, reason);
  in_flight_.clear();
  while (!stopped_ && next_to_send_ < input_.files.size()) {
    Add(next_to_send_++, reason);
  }
}

void BatchRun::Add(std::size_t index,
                   absl::StatusOr<v1::ClassifyResponse> result) {
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
