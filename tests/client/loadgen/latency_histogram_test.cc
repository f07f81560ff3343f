#include "client/loadgen/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace wanwu::loadgen {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(LatencyHistogramTest, QuantilesAreWithinOnePercentAtAnyMagnitude) {
  for (double value = 1.1e-6; value < 99; value *= 1.037) {
    LatencyHistogram histogram;
    histogram.Add(FromSeconds(value));
    histogram.Add(FromSeconds(value));
    // So that the answer is not simply the greatest value.
    histogram.Add(seconds(99));

    EXPECT_NEAR(Seconds(histogram.Quantile(0.5)), value, 0.01 * value);
  }
}

TEST(LatencyHistogramTest, QuantilesOfManyValuesAreWithinOnePercent) {
  std::mt19937_64 random(5);
  std::lognormal_distribution<double> latencies(std::log(0.02), 0.8);
  std::vector<double> values;
  LatencyHistogram histogram;
  for (int i = 0; i < 50'000; ++i) {
    values.push_back(latencies(random));
    histogram.Add(FromSeconds(values.back()));
  }
  std::sort(values.begin(), values.end());

  for (const double q : {0.01, 0.5, 0.9, 0.95, 0.99, 0.999}) {
    const auto rank = std::ceil(q * static_cast<double>(values.size()));
    const double exact = values[static_cast<std::size_t>(rank) - 1];
    EXPECT_NEAR(Seconds(histogram.Quantile(q)), exact, 0.01 * exact) << q;
  }
}

TEST(LatencyHistogramTest, MaxAndMeanAreExact) {
  LatencyHistogram histogram;
  histogram.Add(milliseconds(1));
  histogram.Add(milliseconds(4));
  histogram.Add(microseconds(7003));

  EXPECT_EQ(histogram.Max(), microseconds(7003));
  EXPECT_EQ(histogram.Quantile(1), microseconds(7003));
  EXPECT_NEAR(Milliseconds(histogram.Mean()), 4.001, 1e-6);
}

TEST(LatencyHistogramTest, IsZeroWhileEmpty) {
  const LatencyHistogram histogram;

  EXPECT_EQ(histogram.Count(), 0U);
  EXPECT_EQ(histogram.Max(), Duration());
  EXPECT_EQ(histogram.Mean(), Duration());
  EXPECT_EQ(histogram.Quantile(0.99), Duration());
  EXPECT_TRUE(histogram.Buckets().empty());
}

TEST(LatencyHistogramTest, CountsWhatIsOutsideItsRangeAtTheLimit) {
  LatencyHistogram histogram;
  histogram.Add(-seconds(1));
  histogram.Add(Duration());
  histogram.Add(seconds(500));

  EXPECT_EQ(histogram.Count(), 3U);
  EXPECT_LE(histogram.Quantile(0.5), microseconds(2));
  EXPECT_EQ(histogram.Max(), seconds(500));
}

TEST(LatencyHistogramTest, MergesAsIfAllHadBeenAddedToOne) {
  LatencyHistogram all;
  LatencyHistogram low;
  LatencyHistogram high;
  for (int i = 1; i <= 100; ++i) {
    (i <= 50 ? low : high).Add(milliseconds(i));
    all.Add(milliseconds(i));
  }
  low.Merge(high);

  EXPECT_EQ(low.Count(), all.Count());
  EXPECT_EQ(low.Quantile(0.9), all.Quantile(0.9));
  EXPECT_EQ(low.Max(), all.Max());
  EXPECT_EQ(low.Mean(), all.Mean());
}

TEST(LatencyHistogramTest, BucketsHoldAllThatWasAdded) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.Add(microseconds(100 * i));

  std::uint64_t sum = 0;
  Duration last{};
  for (const auto& bucket : histogram.Buckets()) {
    EXPECT_GE(bucket.lower, last);
    EXPECT_LE(Seconds(bucket.upper), Seconds(bucket.lower) * 1.0101);
    last = bucket.upper;
    sum += bucket.count;
  }
  EXPECT_EQ(sum, 1000U);
  EXPECT_NEAR(static_cast<double>(histogram.CountAtMost(milliseconds(50))), 500,
              6);
}

TEST(LatencyHistogramTest, ACopyIsIndependent) {
  LatencyHistogram histogram;
  histogram.Add(milliseconds(1));
  LatencyHistogram copy = histogram;
  copy.Add(milliseconds(2));
  const LatencyHistogram moved = std::move(histogram);

  EXPECT_EQ(moved.Count(), 1U);
  EXPECT_EQ(copy.Count(), 2U);
}

}  // namespace
}  // namespace wanwu::loadgen
