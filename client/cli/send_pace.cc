#include "client/cli/send_pace.h"

#include <algorithm>

namespace wanwu::cli {

void SendPace::OnAnswer() {
  if (++answers_ < most_) return;
  answers_ = 0;
  ++most_;
}

void SendPace::OnRefusal(std::size_t in_flight, std::chrono::nanoseconds delay,
                         Time now) {
  // What else was in flight is refused for the same reason.
  if (now >= resume_at_) {
    most_ = std::max<std::size_t>(in_flight / 2, 1);
    answers_ = 0;
  }
  resume_at_ = std::max(resume_at_, now + delay);
}

}  // namespace wanwu::cli
