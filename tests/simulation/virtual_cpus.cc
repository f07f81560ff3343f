#include "tests/simulation/virtual_cpus.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace wanwu::simulation {
namespace {

// Below a nanosecond a task is done.
constexpr double kDone = 0.5;

}  // namespace

VirtualCpus::TaskId VirtualCpus::Start(Duration cpu_time, double weight,
                                       std::function<void()> on_done) {
  const double left =
      std::chrono::duration<double, std::nano>(cpu_time).count();
  return tasks_.insert(tasks_.end(), {left, weight, std::move(on_done)});
}

VirtualCpus::Duration VirtualCpus::Stop(TaskId task) {
  const auto left = Duration(static_cast<int64_t>(task->left_ns));
  tasks_.erase(task);
  return left;
}

double VirtualCpus::RateOf(const Task& task) const {
  double weights = 0;
  for (const Task& other : tasks_) weights += other.weight;
  return std::min(1.0, count_ * task.weight / weights);
}

void VirtualCpus::Advance(TimePoint to) {
  const double passed =
      std::chrono::duration<double, std::nano>(to - clock_.Now()).count();
  std::list<double> rates;
  for (const Task& task : tasks_) rates.push_back(RateOf(task));
  auto rate = rates.begin();
  for (Task& task : tasks_) task.left_ns -= passed * *rate++;
  clock_.Set(to);
}

bool VirtualCpus::Step(TimePoint end) {
  TimePoint next = TimePoint::max();
  if (!events_.empty()) next = events_.begin()->first;
  for (const Task& task : tasks_) {
    const double ns = std::max(0.0, task.left_ns) / RateOf(task);
    next = std::min(
        next, clock_.Now() + Duration(static_cast<int64_t>(std::ceil(ns))));
  }
  if (next == TimePoint::max() || next > end) return false;
  Advance(std::max(next, clock_.Now()));
  for (auto task = tasks_.begin(); task != tasks_.end(); ++task) {
    if (task->left_ns > kDone) continue;
    const auto on_done = std::move(task->on_done);
    tasks_.erase(task);
    on_done();
    return true;
  }
  if (!events_.empty() && events_.begin()->first <= clock_.Now()) {
    const auto event = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    event();
  }
  return true;
}

void VirtualCpus::RunUntil(TimePoint end) {
  while (Step(end)) {
  }
  Advance(end);
}

void VirtualCpus::RunOut() {
  while (Step(TimePoint::max())) {
  }
}

}  // namespace wanwu::simulation
