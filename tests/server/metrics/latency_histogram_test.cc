#include "server/metrics/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

namespace wanwu::metrics {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

void ExpectNear(std::optional<nanoseconds> actual, nanoseconds expected) {
  ASSERT_TRUE(actual.has_value());
  const auto bound = static_cast<double>(expected.count()) / 32;
  EXPECT_NEAR(static_cast<double>(actual->count()),
              static_cast<double>(expected.count()), bound);
}

TEST(LatencyHistogramTest, WithoutLatenciesThereIsNoPercentile) {
  const LatencyHistogram histogram;

  EXPECT_EQ(histogram.Counts().total(), 0u);
  EXPECT_FALSE(histogram.Counts().Percentile(0.5).has_value());
}

TEST(LatencyHistogramTest, OneLatencyIsEveryPercentile) {
  LatencyHistogram histogram;
  histogram.Add(milliseconds(14));

  for (const double quantile : {0.0, 0.5, 0.99, 1.0}) {
    ExpectNear(histogram.Counts().Percentile(quantile), milliseconds(14));
  }
}

TEST(LatencyHistogramTest, PercentileIsTheLatencyThatThisShareDidNotExceed) {
  LatencyHistogram histogram;
  for (int i = 0; i < 90; ++i) histogram.Add(milliseconds(10));
  for (int i = 0; i < 9; ++i) histogram.Add(milliseconds(100));
  histogram.Add(milliseconds(1000));
  const LatencyCounts counts = histogram.Counts();

  ExpectNear(counts.Percentile(0.5), milliseconds(10));
  ExpectNear(counts.Percentile(0.9), milliseconds(10));
  ExpectNear(counts.Percentile(0.91), milliseconds(100));
  ExpectNear(counts.Percentile(0.99), milliseconds(100));
  ExpectNear(counts.Percentile(1.0), milliseconds(1000));
}

TEST(LatencyHistogramTest, PercentilesAreNearTheExactOnes) {
  LatencyHistogram histogram;
  std::mt19937 random(17);
  std::lognormal_distribution<double> spread(std::log(15e6), 1.0);
  std::vector<nanoseconds> exact;
  for (int i = 0; i < 10'000; ++i) {
    exact.emplace_back(static_cast<std::int64_t>(spread(random)));
    histogram.Add(exact.back());
  }
  std::sort(exact.begin(), exact.end());

  for (const int percent : {1, 50, 90, 95, 99}) {
    const std::size_t rank = static_cast<std::size_t>(percent) * 100 - 1;
    ExpectNear(histogram.Counts().Percentile(percent / 100.0), exact[rank]);
  }
}

TEST(LatencyHistogramTest, DifferenceHoldsWhatCameBetween) {
  LatencyHistogram histogram;
  for (int i = 0; i < 100; ++i) histogram.Add(milliseconds(900));
  const LatencyCounts before = histogram.Counts();
  for (int i = 0; i < 3; ++i) histogram.Add(milliseconds(2));

  const LatencyCounts between = histogram.Counts() - before;

  EXPECT_EQ(between.total(), 3u);
  ExpectNear(between.Percentile(1.0), milliseconds(2));
}

TEST(LatencyHistogramTest, CountsExactlyFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kEach = 20'000;
  LatencyHistogram histogram;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&histogram] {
        for (int n = 1; n <= kEach; ++n) histogram.Add(microseconds(n));
      });
    }
  }

  EXPECT_EQ(histogram.Counts().total(), std::uint64_t{kThreads} * kEach);
}

}  // namespace
}  // namespace wanwu::metrics
