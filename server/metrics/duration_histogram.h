#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace wanwu::metrics {

// Upper bounds of the buckets, which hold them, in seconds. The usual limits of
// latency goals are among them, so that shares within a goal are exact.
inline constexpr std::array<double, 27> kDurationBounds = {
    0.0005, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03,
    0.04,   0.05,  0.065,  0.08,  0.095,  0.13, 0.16,  0.2,  0.25,
    0.3,    0.4,   0.5,    0.75,  1,      2.5,  5,     10,   30};

struct DurationCounts {
  // Per bound, not cumulative; the last is of what is longer than all.
  std::array<std::uint64_t, kDurationBounds.size() + 1> buckets{};
  std::chrono::nanoseconds sum{};
};

// Counts durations since its making, never backwards. Thread-safe, lock-free.
class DurationHistogram {
 public:
  void Add(std::chrono::nanoseconds duration) noexcept {
    const double seconds = std::chrono::duration<double>(duration).count();
    const auto* const bound = std::lower_bound(kDurationBounds.begin(),
                                               kDurationBounds.end(), seconds);
    const auto bucket =
        static_cast<std::size_t>(bound - kDurationBounds.begin());
    // Relaxed: counts order nothing else.
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_ns_.fetch_add(duration.count(), std::memory_order_relaxed);
  }

  [[nodiscard]] DurationCounts Counts() const noexcept {
    DurationCounts counts;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      counts.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
    }
    counts.sum =
        std::chrono::nanoseconds(sum_ns_.load(std::memory_order_relaxed));
    return counts;
  }

 private:
  std::array<std::atomic<std::uint64_t>, kDurationBounds.size() + 1> buckets_{};
  std::atomic<std::int64_t> sum_ns_{0};
};

}  // namespace wanwu::metrics
