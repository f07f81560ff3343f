#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "server/metrics/latency_buckets.h"

namespace wanwu::metrics {

// How many latencies fell into each bucket.
struct LatencyCounts {
  std::array<std::uint64_t, kLatencyBuckets> buckets{};

  [[nodiscard]] std::uint64_t total() const;

  // The latency that the share `quantile`, 0 … 1, of all did not exceed; see
  // latency_buckets.h for how exact it is. Empty if there are none.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> Percentile(
      double quantile) const;
};

// What came between: `from` must be of the same histogram and not younger.
LatencyCounts operator-(const LatencyCounts& to, const LatencyCounts& from);

// Counts latencies since its making. Thread-safe, lock-free.
class LatencyHistogram {
 public:
  // Relaxed: counts order nothing else.
  void Add(std::chrono::nanoseconds latency) noexcept {
    buckets_[LatencyBucketOf(latency)].fetch_add(1, std::memory_order_relaxed);
  }

  [[nodiscard]] LatencyCounts Counts() const noexcept;

 private:
  std::array<std::atomic<std::uint64_t>, kLatencyBuckets> buckets_{};
};

}  // namespace wanwu::metrics
