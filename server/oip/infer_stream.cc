#include "server/oip/infer_stream.h"

#include <string>
#include <utility>

#include "inference/open_inference.pb.h"
#include "server/oip/infer_work.h"
#include "server/oip/inference_methods.h"
#include "server/pipeline/job_errors.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/raw_message.h"
#include "server/rpc/rpc_status.h"

namespace wanwu::oip {
namespace {

absl::StatusOr<grpc::ByteBuffer> MakeAnswerMessage(const InferWork& work,
                                                   rpc::RequestRecord& record) {
  auto answer = work.Answer(record);
  if (!answer.ok()) return answer.status();
  inference::ModelStreamInferResponse response;
  *response.mutable_infer_response() = *std::move(answer);
  return rpc::ToByteBuffer(response);
}

// Empty without memory for it.
std::optional<grpc::ByteBuffer> ErrorMessage(const std::string& id,
                                             const absl::Status& status) {
  absl::StatusOr<grpc::ByteBuffer> message =
      rpc::OrOutOfMemory([&]() -> absl::StatusOr<grpc::ByteBuffer> {
        inference::ModelStreamInferResponse response;
        response.set_error_message(rpc::ToRpcStatus(status).message());
        // So that callers know whose error it is, as with Triton.
        if (!id.empty()) response.mutable_infer_response()->set_id(id);
        return rpc::ToByteBuffer(response);
      });
  if (!message.ok()) return std::nullopt;
  return *std::move(message);
}

}  // namespace

rpc::DetachedTask InferStream::ReadMessages() {
  rpc::Operation read;
  while (!stopping_ && !broken_) {
    if (message_.has_value()) {
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
    if (!broken_) message_ = std::move(message);
    message_came_.Set();
  }
  read_ended_ = true;
  message_came_.Set();
  Ended();
}

rpc::DetachedTask InferStream::AnswerMessages() {
  rpc::Operation operation;
  while (message_.has_value() || !read_ended_) {
    if (!message_.has_value()) {
      co_await message_came_;
      continue;
    }
    answering_ = true;
    auto answering = AnswerMessage(operation);
    answer_ = co_await answering;
    if (!answer_.has_value()) {
      GiveUp();
      continue;
    }
    work_.Set();
    while (answer_.has_value()) co_await answer_left_;
    answering_ = false;
  }
  Ended();
}

void InferStream::Ended() {
  --coroutines_;
  work_.Set();
}

void InferStream::EndWrite(bool ok) {
  answer_.reset();
  if (!ok) Cancel();
  answer_left_.Set();
}

void InferStream::GiveUp() {
  gave_up_ = true;
  answering_ = false;
  broken_ = true;
  message_.reset();
  StopReading();
}

void InferStream::StopReading() {
  stopping_ = true;
  room_.Set();
  work_.Set();
}

void InferStream::Cancel() {
  broken_ = true;
  if (cancel_current_) cancel_current_();
  StopReading();
}

rpc::Subtask<std::optional<grpc::ByteBuffer>> InferStream::AnswerMessage(
    rpc::Operation& operation) {
  rpc::RequestRecord record(services_, kMethod, InferenceMethods::kName);
  record.SetCall(attributes_);
  InferWork work(services_, queue_, operation);
  grpc::ByteBuffer message = *std::exchange(message_, std::nullopt);
  room_.Set();
  absl::Status status =
      broken_ ? pipeline::CancelledError() : rpc::OrOutOfMemory([&] {
        return work.Start(std::move(message), attributes_, record);
      });
  message.Clear();
  if (!status.ok()) work.Cancel();
  cancel_current_ = [&work] { work.Cancel(); };
  for (int left = work.submitted(); left > 0; --left) co_await operation;
  cancel_current_ = nullptr;
  absl::StatusOr<grpc::ByteBuffer> answer =
      status.ok()
          ? rpc::OrOutOfMemory([&] { return MakeAnswerMessage(work, record); })
          : absl::StatusOr<grpc::ByteBuffer>(status);
  if (answer.ok()) {
    record.Answered();
    co_return *std::move(answer);
  }
  record.Failed(answer.status());
  co_return ErrorMessage(work.id(), answer.status());
}

}  // namespace wanwu::oip
