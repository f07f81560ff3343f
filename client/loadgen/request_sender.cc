#include "client/loadgen/request_sender.h"

#include <utility>

#include "client/lib/rpc_error.h"

namespace wanwu::loadgen {

RequestSender::RequestSender(const World& world,
                             std::shared_ptr<LoadRecorder> recorder,
                             Duration time_limit)
    : world_(world), recorder_(std::move(recorder)), time_limit_(time_limit) {}

void RequestSender::Send(TimePoint scheduled, OnAnswer on_answer) {
  ++in_flight_;
  const TimePoint sent = world_.clock.Now();
  recorder_->AddSent(scheduled, sent);
  world_.target.Send(world_.pictures.Next(), scheduled + time_limit_,
                     [self = shared_from_this(), scheduled, sent,
                      on_answer = std::move(on_answer)](
                         const absl::StatusOr<v1::ClassifyResponse>& answer) {
                       self->OnDone({scheduled, sent, self->world_.clock.Now()},
                                    answer, on_answer);
                     });
}

void RequestSender::OnDone(RequestTimes times,
                           const absl::StatusOr<v1::ClassifyResponse>& answer,
                           const OnAnswer& on_answer) {
  if (given_up_ && absl::IsCancelled(answer.status())) {
    recorder_->AddAnswer(
        times, client::MakeError(absl::StatusCode::kCancelled, "UNANSWERED",
                                 "the run ended before the answer came"));
  } else {
    recorder_->AddAnswer(times, answer);
  }
  // Counted until then, so that none is in flight only when no more follow.
  if (on_answer) on_answer(answer.status());
  if (--in_flight_ == 0 && wake_when_empty_) world_.clock.Wake();
}

void RequestSender::GiveUp() {
  given_up_ = true;
  world_.target.CancelAll();
}

}  // namespace wanwu::loadgen
