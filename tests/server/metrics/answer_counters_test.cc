#include "server/metrics/answer_counters.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace wanwu::metrics {
namespace {

using std::chrono::milliseconds;

TEST(AnswerCountersTest, ErrorsArePicturesWithoutALatency) {
  AnswerCounters counters;
  counters.AddAnswer(milliseconds(3));
  counters.AddAnswer(milliseconds(4));
  counters.AddError();

  const AnswerCounts counts = counters.Counts();

  EXPECT_EQ(counts.pictures(), 3u);
  EXPECT_EQ(counts.errors, 1u);
  EXPECT_EQ(counts.latencies.total(), 2u);
}

TEST(AnswerCountersTest, ReaderNeverSeesCountsGoBack) {
  constexpr int kThreads = 3;
  constexpr int kEach = 10'000;
  AnswerCounters counters;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&counters] {
      for (int n = 0; n < kEach; ++n) {
        counters.AddAnswer(milliseconds(n % 50));
        counters.AddError();
      }
    });
  }

  const std::uint64_t all = std::uint64_t{kThreads} * kEach;
  AnswerCounts last;
  while (last.pictures() < 2 * all) {
    const AnswerCounts counts = counters.Counts();
    ASSERT_GE(counts.pictures(), last.pictures());
    ASSERT_GE(counts.errors, last.errors);
    last = counts;
  }

  EXPECT_EQ(last.errors, all);
  EXPECT_EQ(last.latencies.total(), all);
}

}  // namespace
}  // namespace wanwu::metrics
