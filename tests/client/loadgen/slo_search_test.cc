#include "client/loadgen/slo_search.h"

#include <gtest/gtest.h>

namespace wanwu::loadgen {
namespace {

// The latency of a queue whose server takes 5 ms: 1 / (mu - rate).
double P99Milliseconds(double rate) {
  constexpr double kCapacity = 200;
  return rate >= kCapacity ? 1e9 : 4.6 * 1e3 / (kCapacity - rate);
}

struct Found {
  std::optional<double> rate;
  int runs = 0;
};

Found SearchFrom(double first, double slo_ms) {
  SloSearch search(first);
  int runs = 0;
  while (const auto rate = search.NextRate()) {
    ++runs;
    search.Report(P99Milliseconds(*rate) <= slo_ms);
  }
  return {search.best(), runs};
}

TEST(SloSearchTest, FindsTheHighestRateFromAnySide) {
  // p99 is 50 ms at 200 - 92.
  for (const double first : {5.0, 60.0, 108.0, 160.0, 900.0}) {
    const Found found = SearchFrom(first, 50);

    ASSERT_TRUE(found.rate) << first;
    EXPECT_LE(*found.rate, 108) << first;
    EXPECT_GE(*found.rate, 108 / (1 + SloSearch::kPrecision)) << first;
    EXPECT_LE(found.runs, SloSearch::kMaxRuns) << first;
  }
}

TEST(SloSearchTest, EndsWithoutARateWhenNoneHolds) {
  const Found found = SearchFrom(100, 1);

  EXPECT_EQ(found.rate, std::nullopt);
  EXPECT_EQ(found.runs, SloSearch::kMaxRuns);
}

TEST(SloSearchTest, EndsWhenEveryRateHolds) {
  SloSearch search(10);
  int runs = 0;
  while (search.NextRate()) {
    ++runs;
    search.Report(true);
  }

  EXPECT_EQ(runs, SloSearch::kMaxRuns);
  EXPECT_GT(*search.best(), 1000);
}

}  // namespace
}  // namespace wanwu::loadgen
