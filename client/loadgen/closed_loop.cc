#include "client/loadgen/closed_loop.h"

#include <utility>

namespace wanwu::loadgen {

ClosedLoop::ClosedLoop(Clock& clock, std::shared_ptr<RequestSender> sender,
                       int clients)
    : clock_(clock), sender_(std::move(sender)), waiting_clients_(clients) {}

TimePoint ClosedLoop::SendDue(TimePoint now) {
  for (; waiting_clients_ > 0; --waiting_clients_) Send(now);
  std::unique_lock lock(mu_);
  while (!pauses_.empty() && pauses_.front() <= now) {
    pauses_.pop_front();
    lock.unlock();
    Send(now);
    lock.lock();
  }
  return pauses_.empty() ? TimePoint::max() : pauses_.front();
}

void ClosedLoop::Send(TimePoint now) {
  if (stopped_) return;
  sender_->Send(now, [self = shared_from_this()](const absl::Status& status) {
    self->OnAnswer(status);
  });
}

void ClosedLoop::OnAnswer(const absl::Status& status) {
  if (stopped_) return;
  const TimePoint now = clock_.Now();
  if (status.ok() || absl::IsInvalidArgument(status)) return Send(now);
  {
    const std::lock_guard lock(mu_);
    pauses_.push_back(now + kPause);
  }
  clock_.Wake();
}

}  // namespace wanwu::loadgen
