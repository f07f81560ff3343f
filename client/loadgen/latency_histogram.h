#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "client/loadgen/clock.h"

namespace wanwu::loadgen {

// How often each duration occurred, in fixed memory (about 15 KB). Quantiles
// are within 1 % between 1 µs and 100 s; what is outside counts as the limit.
// Not thread-safe.
class LatencyHistogram {
 public:
  struct Bucket {
    // What is in it is above `lower` and at most `upper`.
    Duration lower;
    Duration upper;
    std::uint64_t count = 0;
  };

  LatencyHistogram();
  ~LatencyHistogram();
  LatencyHistogram(const LatencyHistogram& other);
  LatencyHistogram& operator=(const LatencyHistogram& other);
  LatencyHistogram(LatencyHistogram&& other) noexcept;
  LatencyHistogram& operator=(LatencyHistogram&& other) noexcept;

  void Add(Duration value);
  void Merge(const LatencyHistogram& other);

  std::uint64_t Count() const;

  // All 0 while there is nothing. Max and mean are exact.
  Duration Max() const;
  Duration Mean() const;
  // `q` of 0 … 1: the least value that this share does not exceed.
  Duration Quantile(double q) const;

  // How many were at most `value`, within its bucket.
  std::uint64_t CountAtMost(Duration value) const;

  // Those that hold something, ascending.
  std::vector<Bucket> Buckets() const;

 private:
  struct Counts;
  std::unique_ptr<Counts> counts_;
};

}  // namespace wanwu::loadgen
