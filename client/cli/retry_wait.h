#pragma once

#include <chrono>
#include <optional>
#include <random>

namespace wanwu::cli {

// How long to wait before the next try of what keeps failing for no fault of
// its own: what the server asks for, else longer each time, and never beyond
// the time when it is given up.
class RetryWait {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::milliseconds kFirst{200};
  static constexpr std::chrono::milliseconds kLongest{15'000};

  RetryWait(std::chrono::milliseconds give_up_after, Clock::time_point now)
      : give_up_after_(give_up_after), progress_(now) {}

  void OnProgress(Clock::time_point now);

  // When to try again; nullopt: that would be too long after the last progress.
  std::optional<Clock::time_point> OnFailure(
      std::optional<std::chrono::nanoseconds> asked, Clock::time_point now);

 private:
  const std::chrono::milliseconds give_up_after_;
  Clock::time_point progress_;
  std::chrono::milliseconds next_ = kFirst;
  // So that many clients of a server do not come back all at once.
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace wanwu::cli
