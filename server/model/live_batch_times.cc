#include "server/model/live_batch_times.h"

#include <algorithm>

namespace wanwu::model {
namespace {

using std::chrono::nanoseconds;

constexpr double kWeightOfLess = 1.0 / 4;
constexpr double kWeightOfMore = 1.0 / 16;
// How far one batch may stand out, over what is known.
constexpr double kMostMore = 1.25;
constexpr double kWeightOfStretch = 1.0 / 8;
constexpr double kMostStretch = 16;

double Moved(double known, double seen) {
  const double bounded = std::min(seen, known * kMostMore);
  return known +
         (bounded < known ? kWeightOfLess : kWeightOfMore) * (bounded - known);
}

}  // namespace

void LiveBatchTimes::Start(std::span<const BatchTime> times) {
  for (std::atomic<int64_t>& time : cpu_ns_) time.store(0);
  for (const BatchTime& time : times) {
    if (time.size < 1 || time.size > kLargestSize) continue;
    cpu_ns_[static_cast<size_t>(time.size)].store(time.duration.count());
  }
  stretch_.store(1);
}

void LiveBatchTimes::Observe(int size, nanoseconds cpu_time,
                             nanoseconds elapsed) {
  if (size < 1 || size > kLargestSize || cpu_time.count() <= 0) return;
  std::atomic<int64_t>& kept = cpu_ns_[static_cast<size_t>(size)];
  const auto seen = static_cast<double>(cpu_time.count());
  const auto known = static_cast<double>(kept.load());
  kept.store(static_cast<int64_t>(known > 0 ? Moved(known, seen) : seen));
  const double ratio = std::clamp(static_cast<double>(elapsed.count()) / seen,
                                  1.0, kMostStretch);
  const double stretch = stretch_.load();
  stretch_.store(stretch + kWeightOfStretch * (ratio - stretch));
}

nanoseconds LiveBatchTimes::CpuTime(int size) const {
  size = std::max(size, 1);
  for (int step = 0; step <= kLargestSize; ++step) {
    for (const int near : {size - step, size + step}) {
      if (near < 1 || near > kLargestSize) continue;
      const int64_t known = cpu_ns_[static_cast<size_t>(near)].load();
      if (known > 0) return nanoseconds(known * size / near);
    }
  }
  return nanoseconds(0);
}

nanoseconds LiveBatchTimes::ElapsedTime(int size) const {
  return nanoseconds(static_cast<int64_t>(
      static_cast<double>(CpuTime(size).count()) * stretch_.load()));
}

std::vector<BatchTime> LiveBatchTimes::Known() const {
  std::vector<BatchTime> times;
  for (int size = 1; size <= kLargestSize; ++size) {
    const int64_t known = cpu_ns_[static_cast<size_t>(size)].load();
    if (known > 0) times.push_back({size, nanoseconds(known)});
  }
  return times;
}

}  // namespace wanwu::model
