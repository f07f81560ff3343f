#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

// How latencies are sorted into buckets: each doubling is cut into 16 equal
// parts, so that a bucket's middle is within 1/32 of all that is in it. From
// 1.024 µs to 137 s; what is shorter or longer goes to the first or the last
// bucket and its middle says nothing of it.
namespace wanwu::metrics {

namespace internal {

inline constexpr int kPartBits = 4;
inline constexpr int kShortestBits = 10;  // 2^10 ns
inline constexpr int kLongestBits = 37;   // 2^37 ns

}  // namespace internal

inline constexpr std::size_t kLatencyBuckets =
    std::size_t{internal::kLongestBits - internal::kShortestBits}
    << internal::kPartBits;

constexpr std::size_t LatencyBucketOf(std::chrono::nanoseconds latency) {
  using namespace internal;  // NOLINT
  const auto ns = static_cast<std::uint64_t>(std::clamp<std::int64_t>(
      latency.count(), std::int64_t{1} << kShortestBits,
      (std::int64_t{1} << kLongestBits) - 1));
  const int doubling = std::bit_width(ns) - 1;
  // The leading bit and the kPartBits behind it.
  const std::uint64_t leading = ns >> (doubling - kPartBits);
  const int first = (doubling - kShortestBits) << kPartBits;
  return static_cast<std::size_t>(first) + leading - (1u << kPartBits);
}

constexpr std::chrono::nanoseconds LatencyBucketMiddle(std::size_t bucket) {
  using namespace internal;  // NOLINT
  const std::size_t parts = std::size_t{1} << kPartBits;
  const std::size_t doubling = kShortestBits + bucket / parts;
  const std::uint64_t leading = parts + bucket % parts;
  // In halves of a part.
  return std::chrono::nanoseconds((2 * leading + 1)
                                  << (doubling - kPartBits - 1));
}

}  // namespace wanwu::metrics
