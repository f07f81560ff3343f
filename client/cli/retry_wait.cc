#include "client/cli/retry_wait.h"

#include <algorithm>

namespace wanwu::cli {

void RetryWait::OnProgress(Clock::time_point now) {
  progress_ = now;
  next_ = kFirst;
}

std::optional<RetryWait::Clock::time_point> RetryWait::OnFailure(
    std::optional<std::chrono::nanoseconds> asked, Clock::time_point now) {
  const double part = std::uniform_real_distribution<>(0.5, 1)(random_);
  const std::chrono::nanoseconds own =
      std::chrono::duration_cast<std::chrono::nanoseconds>(next_ * part);
  next_ = std::min(2 * next_, kLongest);
  const Clock::time_point at = now + std::max(own, asked.value_or(own));
  if (at > progress_ + give_up_after_) return std::nullopt;
  return at;
}

}  // namespace wanwu::cli
