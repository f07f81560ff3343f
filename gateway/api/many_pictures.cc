#include "gateway/api/many_pictures.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <exception>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/lib/message_limit.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/errors/http_error.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using client::AsyncBatch;

absl::Status ServerEndedEarly() {
  return GatewayError(absl::StatusCode::kUnavailable, kServerUnreachable,
                      "the server ended the stream before it had answered");
}

absl::Status ServerTooSlow(std::chrono::milliseconds timeout) {
  return GatewayError(
      absl::StatusCode::kDeadlineExceeded, kAnswerTimeout,
      absl::StrCat("the server sent no answer for ", timeout.count(), " ms"));
}

}  // namespace

ManyPictures::ManyPictures(client::AsyncClient& client, Exchange& exchange,
                           const ManyLimits& limits)
    : client_(client),
      exchange_(exchange),
      limits_(limits),
      events_(exchange.executor()),
      room_(exchange.executor()),
      last_progress_(Clock::now()) {}

asio::awaitable<void> ManyPictures::Run(PictureSource& source, ResultSink& sink,
                                        client::CallOptions options) {
  const auto post = events_.Sender();
  batch_ = client_.OpenBatch(options, [post](client::BatchEvent event) {
    std::visit([&post](auto& value) { post(Event(std::move(value))); }, event);
  });
  exchange_.OnGone([batch = batch_] { batch->Cancel(); });
  asio::co_spawn(exchange_.executor(), SendAll(source),
                 [](std::exception_ptr) {});
  auto receive = Receive(sink);
  co_await std::move(receive);
}

asio::awaitable<void> ManyPictures::SendAll(PictureSource& source) {
  absl::Status status;
  try {
    auto send = SendEach(source);
    status = co_await std::move(send);
  } catch (const std::exception& error) {
    status = GatewayError(absl::StatusCode::kInternal, kInternal, error.what());
  }
  // Last: the receiver then lets go of everything.
  const auto post = events_.Sender();
  post(SendingEnded{status});
}

asio::awaitable<absl::Status> ManyPictures::SendEach(PictureSource& source) {
  while (true) {
    auto next = source.Next();
    absl::StatusOr<std::optional<Picture>> picture = co_await std::move(next);
    if (!picture.ok()) co_return picture.status();
    if (!picture->has_value()) break;
    auto send = SendOne(**std::move(picture));
    co_await std::move(send);
  }
  exchange_.OnGone([batch = batch_] { batch->Cancel(); });
  auto room = WaitForRoom(limits_.max_in_flight + 1);
  co_await std::move(room);
  if (!stream_ended_) batch_->FinishSending();
  co_return absl::OkStatus();
}

asio::awaitable<void> ManyPictures::SendOne(Picture picture) {
  const std::size_t index = ids_.size();
  ids_.push_back(std::move(picture.id));
  absl::Status refusal = picture.request.status();
  if (refusal.ok()) {
    auto room = WaitForRoom(limits_.max_in_flight);
    co_await std::move(room);
    if (stream_ended_) refusal = stream_end_;
  }
  // Until it is written gRPC holds it a second time.
  if (refusal.ok() && !picture.share.TryGrow(picture.request->ByteSizeLong())) {
    refusal = BufferFullError(exchange_.budget().limit());
  }
  if (refusal.ok()) {
    if (unanswered_.empty()) last_progress_ = Clock::now();
    unanswered_.insert(index);
    written_.emplace(std::move(picture.share));
    writing_ = true;
    const AsyncBatch::SendResult sent =
        batch_->Send(std::to_string(index), *std::move(picture.request));
    // If the stream has just ended, its end answers what is unanswered.
    if (sent == AsyncBatch::SendResult::kSent) co_return;
    writing_ = false;
    written_.reset();
    if (sent == AsyncBatch::SendResult::kEnded) co_return;
    unanswered_.erase(index);
    refusal = ImageTooLargeError(client::kMaxMessageBytes);
  }
  const auto post = events_.Sender();
  post(Refused{index, refusal});
}

// Until the last picture is on its way and fewer than `max_in_flight` are
// unanswered, or the stream is over.
asio::awaitable<void> ManyPictures::WaitForRoom(int max_in_flight) {
  while (!stream_ended_ &&
         (writing_ ||
          unanswered_.size() >= static_cast<std::size_t>(max_in_flight))) {
    room_.expires_at(TimePoint::max());
    auto wait = room_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(wait);
  }
}

TimePoint ManyPictures::AnswerDeadline() const {
  const bool owed = !unanswered_.empty() || sending_ended_;
  return owed ? last_progress_ + limits_.answer_timeout : TimePoint::max();
}

asio::awaitable<void> ManyPictures::Receive(ResultSink& sink) {
  bool taken = true;
  while (!stream_ended_ || !sending_ended_) {
    auto next =
        events_.Next(stream_ended_ ? TimePoint::max() : AnswerDeadline());
    std::optional<Event> event = co_await std::move(next);
    if (!event.has_value()) {
      stream_end_ = ServerTooSlow(limits_.answer_timeout);
      batch_->Cancel();
      // The end of the stream follows.
      last_progress_ = Clock::now();
      continue;
    }
    bool went_on = false;
    try {
      auto handle = Handle(*std::move(event), sink);
      went_on = co_await std::move(handle);
    } catch (const std::exception& error) {
      // The sender and the stream must end before this coroutine does.
      request_error_ =
          GatewayError(absl::StatusCode::kInternal, kInternal, error.what());
    }
    if (taken && !went_on) {
      taken = false;
      batch_->Cancel();
    }
  }
  auto end =
      taken && request_error_.ok()
          ? sink.End()
          : sink.Fail(request_error_.ok()
                          ? GatewayError(absl::StatusCode::kCancelled, kHangUp,
                                         "the answers are not taken")
                          : request_error_);
  co_await std::move(end);
}

asio::awaitable<bool> ManyPictures::Handle(Event event, ResultSink& sink) {
  if (auto* answer = std::get_if<client::BatchAnswer>(&event)) {
    std::uint64_t index = 0;
    if (!absl::SimpleAtoi(answer->id, &index) ||
        unanswered_.erase(index) == 0) {
      co_return true;
    }
    last_progress_ = Clock::now();
    room_.cancel();
    auto add = sink.Add(MakeResult(index, std::move(answer->result)));
    co_return co_await std::move(add);
  }
  if (auto* refused = std::get_if<Refused>(&event)) {
    auto add = sink.Add(MakeResult(refused->index, refused->status));
    co_return co_await std::move(add);
  }
  if (auto* ended = std::get_if<SendingEnded>(&event)) {
    sending_ended_ = true;
    request_error_.Update(ended->status);
    last_progress_ = Clock::now();
    if (!request_error_.ok()) batch_->Cancel();
    co_return true;
  }
  if (auto* end = std::get_if<client::StreamEnd>(&event)) {
    stream_ended_ = true;
    if (stream_end_.ok()) stream_end_ = end->status;
    if (stream_end_.ok()) stream_end_ = ServerEndedEarly();
    room_.cancel();
    auto rest = AnswerRest(sink);
    co_return co_await std::move(rest);
  }
  writing_ = false;  // BatchSent
  written_.reset();
  room_.cancel();
  co_return true;
}

asio::awaitable<bool> ManyPictures::AnswerRest(ResultSink& sink) {
  bool taken = request_error_.ok();
  while (!unanswered_.empty()) {
    const std::size_t index = *unanswered_.begin();
    unanswered_.erase(unanswered_.begin());
    if (!taken) continue;
    auto add = sink.Add(MakeResult(index, stream_end_));
    taken = co_await std::move(add);
  }
  co_return taken;
}

Result ManyPictures::MakeResult(std::size_t index,
                                absl::StatusOr<v1::ClassifyResponse> answer) {
  if (!answer.ok() && IsFault(answer.status())) {
    exchange_.NoteError(answer.status());
  }
  return {index, ids_[index], std::move(answer)};
}

}  // namespace wanwu::gateway
