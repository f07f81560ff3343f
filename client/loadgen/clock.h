#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace wanwu::loadgen {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

inline double Seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

inline double Milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

inline Duration FromSeconds(double seconds) {
  return std::chrono::round<Duration>(std::chrono::duration<double>(seconds));
}

// The only source of "now" and the only place that waits, so that tests can run
// in a time of their own.
class Clock {
 public:
  virtual ~Clock() = default;

  // Thread-safe.
  [[nodiscard]] virtual TimePoint Now() const = 0;

  // Returns at `until`, or early after Wake(). For one thread.
  virtual void SleepUntil(TimePoint until) = 0;

  // Ends a sleep, or the next one if there is none. Thread-safe.
  virtual void Wake() = 0;
};

class SteadyClock final : public Clock {
 public:
  // Lets the calling thread wake as punctually as the kernel can.
  SteadyClock();

  [[nodiscard]] TimePoint Now() const override;
  void SleepUntil(TimePoint until) override;
  void Wake() override;

 private:
  std::mutex mu_;
  std::condition_variable wake_;
  // Guarded by mu_.
  bool woken_ = false;
};

}  // namespace wanwu::loadgen
