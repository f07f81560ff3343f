#include "server/metrics/duration_histogram.h"

#include <gtest/gtest.h>

namespace wanwu::metrics {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(DurationHistogramTest, BucketHoldsItsUpperBound) {
  DurationHistogram histogram;
  histogram.Add(microseconds(500));
  histogram.Add(nanoseconds(500'001));

  const DurationCounts counts = histogram.Counts();

  EXPECT_EQ(counts.buckets[0], 1u);
  EXPECT_EQ(counts.buckets[1], 1u);
}

TEST(DurationHistogramTest, LongerThanAllBoundsIsCountedToo) {
  DurationHistogram histogram;
  histogram.Add(seconds(31));

  EXPECT_EQ(histogram.Counts().buckets.back(), 1u);
}

TEST(DurationHistogramTest, SumIsExact) {
  DurationHistogram histogram;
  for (int i = 0; i < 3; ++i) histogram.Add(nanoseconds(33'333'333));
  histogram.Add(nanoseconds(1));

  EXPECT_EQ(histogram.Counts().sum, milliseconds(100));
}

}  // namespace
}  // namespace wanwu::metrics
