#include "server/metrics/latency_buckets.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>

namespace wanwu::metrics {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr double kErrorBound = 1.0 / 32;

double RelativeError(nanoseconds latency) {
  const nanoseconds middle = LatencyBucketMiddle(LatencyBucketOf(latency));
  return std::abs(static_cast<double>((middle - latency).count())) /
         static_cast<double>(latency.count());
}

TEST(LatencyBucketsTest, MiddleIsNearEveryLatencyOfTheBucket) {
  for (double ns = 1024; ns < 137e9; ns *= 1.0007) {
    const nanoseconds latency(static_cast<std::int64_t>(ns));

    ASSERT_LE(RelativeError(latency), kErrorBound) << latency.count() << " ns";
  }
}

TEST(LatencyBucketsTest, LongerLatencyNeverFallsIntoALowerBucket) {
  std::size_t last = 0;
  for (double ns = 1; ns < 1e12; ns *= 1.003) {
    const std::size_t bucket =
        LatencyBucketOf(nanoseconds(static_cast<std::int64_t>(ns)));

    ASSERT_GE(bucket, last) << ns;
    ASSERT_LE(bucket, last + 1) << ns;
    last = bucket;
  }
  EXPECT_EQ(last, kLatencyBuckets - 1);
}

TEST(LatencyBucketsTest, EachMiddleLiesInItsBucket) {
  for (std::size_t i = 0; i < kLatencyBuckets; ++i) {
    EXPECT_EQ(LatencyBucketOf(LatencyBucketMiddle(i)), i);
  }
}

TEST(LatencyBucketsTest, WhatIsOutOfRangeGoesToTheFirstOrLastBucket) {
  for (const nanoseconds latency :
       {nanoseconds::min(), nanoseconds(-1), nanoseconds(0), nanoseconds(1),
        nanoseconds(microseconds(1))}) {
    EXPECT_EQ(LatencyBucketOf(latency), 0u);
  }
  for (const nanoseconds latency :
       {nanoseconds(seconds(138)), nanoseconds(hours(1000)),
        nanoseconds::max()}) {
    EXPECT_EQ(LatencyBucketOf(latency), kLatencyBuckets - 1);
  }
}

}  // namespace
}  // namespace wanwu::metrics
