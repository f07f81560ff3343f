#include "client/loadgen/open_loop.h"

#include <utility>

namespace wanwu::loadgen {

OpenLoop::OpenLoop(Parts parts, ArrivalSchedule schedule, TimePoint start)
    : parts_(std::move(parts)),
      schedule_(std::move(schedule)),
      start_(start),
      next_(start + schedule_.Next()) {}

TimePoint OpenLoop::SendDue(TimePoint now) {
  while (!stopped_ && next_ <= now) {
    if (parts_.sender->in_flight() < parts_.max_in_flight) {
      parts_.sender->Send(next_, nullptr);
    } else {
      parts_.recorder->AddShed(next_);
    }
    next_ = start_ + schedule_.Next();
  }
  return stopped_ ? TimePoint::max() : next_;
}

}  // namespace wanwu::loadgen
