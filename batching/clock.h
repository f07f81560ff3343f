#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace wanwu::batching {

// The only source of "now" in this layer, so that tests can move time.
// Implementations are thread-safe and never run backwards.
class Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  virtual ~Clock() = default;

  [[nodiscard]] virtual TimePoint Now() const = 0;

  // CPU time that the calling thread has used, counted from anywhere. The
  // default is Now, as if the thread had a CPU to itself.
  [[nodiscard]] virtual Duration ThreadTime() const {
    return Now().time_since_epoch();
  }

  // Blocks on `condition`, with `lock` held as for condition_variable::wait,
  // until it is notified or this clock shows `until`. May return early: call
  // it in a loop. The default waits in real time for what Now() says is left.
  virtual void WaitUntil(std::condition_variable& condition,
                         std::unique_lock<std::mutex>& lock,
                         TimePoint until) const;
};

class SteadyClock final : public Clock {
 public:
  [[nodiscard]] TimePoint Now() const override;
  [[nodiscard]] Duration ThreadTime() const override;
};

}  // namespace wanwu::batching
