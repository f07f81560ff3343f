#include "server/metrics/snapshot.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>

namespace wanwu::metrics {
namespace {

using batching::Clock;
using Seconds = std::chrono::duration<double>;

double PerSecond(std::uint64_t count, Clock::Duration length) {
  if (length <= Clock::Duration::zero()) return 0;
  return static_cast<double>(count) / Seconds(length).count();
}

// A lane's time is read a moment before or after the snapshot's.
double Share(Clock::Duration part, Clock::Duration length) {
  if (length <= Clock::Duration::zero()) return 0;
  return std::clamp(Seconds(part) / Seconds(length), 0.0, 1.0);
}

}  // namespace

Figures Between(const Snapshot& from, const Snapshot& to) {
  Figures figures;
  figures.length = to.time - from.time;
  figures.pictures_per_second = PerSecond(
      to.answers.pictures() - from.answers.pictures(), figures.length);
  figures.errors_per_second =
      PerSecond(to.answers.errors - from.answers.errors, figures.length);
  figures.latencies = to.answers.latencies - from.answers.latencies;
  std::transform(to.batches_by_size.begin(), to.batches_by_size.end(),
                 from.batches_by_size.begin(),
                 std::back_inserter(figures.batches_by_size), std::minus<>());
  std::transform(to.lane_busy_times.begin(), to.lane_busy_times.end(),
                 from.lane_busy_times.begin(),
                 std::back_inserter(figures.lane_utilisation),
                 [&](Clock::Duration later, Clock::Duration earlier) {
                   return Share(later - earlier, figures.length);
                 });
  return figures;
}

}  // namespace wanwu::metrics
