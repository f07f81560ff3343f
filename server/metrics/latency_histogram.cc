#include "server/metrics/latency_histogram.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>

namespace wanwu::metrics {

std::uint64_t LatencyCounts::total() const {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

std::optional<std::chrono::nanoseconds> LatencyCounts::Percentile(
    double quantile) const {
  const std::uint64_t all = total();
  if (all == 0) return std::nullopt;
  const double rank = std::ceil(quantile * static_cast<double>(all));
  const auto needed =
      std::clamp<std::uint64_t>(static_cast<std::uint64_t>(rank), 1, all);
  std::size_t bucket = 0;
  std::uint64_t passed = buckets[0];
  while (passed < needed) passed += buckets[++bucket];
  return LatencyBucketMiddle(bucket);
}

LatencyCounts operator-(const LatencyCounts& to, const LatencyCounts& from) {
  LatencyCounts between;
  std::transform(to.buckets.begin(), to.buckets.end(), from.buckets.begin(),
                 between.buckets.begin(), std::minus<>());
  return between;
}

LatencyCounts LatencyHistogram::Counts() const noexcept {
  LatencyCounts counts;
  std::transform(buckets_.begin(), buckets_.end(), counts.buckets.begin(),
                 [](const std::atomic<std::uint64_t>& bucket) {
                   return bucket.load(std::memory_order_relaxed);
                 });
  return counts;
}

}  // namespace wanwu::metrics
