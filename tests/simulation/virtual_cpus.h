#pragma once

#include <functional>
#include <list>
#include <map>

#include "batching/clock.h"

namespace wanwu::simulation {

// Moves only as VirtualCpus says.
class VirtualClock final : public batching::Clock {
 public:
  [[nodiscard]] TimePoint Now() const override { return now_; }
  void Set(TimePoint now) { now_ = now; }

 private:
  TimePoint now_{std::chrono::hours(1)};
};

// Some CPUs whose time is shared out among tasks by weight, none having more
// than one CPU, and events at given times. Deterministic.
class VirtualCpus {
 public:
  using Duration = batching::Clock::Duration;
  using TimePoint = batching::Clock::TimePoint;

  VirtualCpus(double count, VirtualClock& clock)
      : count_(count), clock_(clock) {}

  struct Task {
    // CPU time to go, in nanoseconds.
    double left_ns = 0;
    double weight = 1;
    std::function<void()> on_done;
  };
  using TaskId = std::list<Task>::iterator;

  TaskId Start(Duration cpu_time, double weight, std::function<void()> on_done);
  // Returns the CPU time that was left.
  Duration Stop(TaskId task);

  void At(TimePoint time, std::function<void()> event) {
    events_.emplace(time, std::move(event));
  }

  // From now on there are so many.
  void SetCount(double count) { count_ = count; }

  // Until all events up to then have happened.
  void RunUntil(TimePoint end);
  // Until nothing is left to happen.
  void RunOut();

 private:
  // CPUs that a task has; fair, by weight, with a bound of one each.
  double RateOf(const Task& task) const;
  bool Step(TimePoint end);
  void Advance(TimePoint to);

  double count_;
  VirtualClock& clock_;
  std::list<Task> tasks_;
  std::multimap<TimePoint, std::function<void()>> events_;
};

}  // namespace wanwu::simulation
