#include "common/tracing/span_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace wanwu::tracing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

std::vector<Span> Spans(int count) {
  std::vector<Span> spans(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    spans[static_cast<size_t>(i)].name = std::to_string(i);
  }
  return spans;
}

TEST(SpanQueueTest, DropsWhatFindsNoRoom) {
  SpanQueue queue({.capacity = 3, .batch = 2});
  EXPECT_EQ(queue.Add(Spans(2)), 0u);
  EXPECT_EQ(queue.Add(Spans(2)), 1u);
  EXPECT_EQ(queue.Add(Spans(1)), 1u);
  EXPECT_EQ(queue.size(), 3u);
}

TEST(SpanQueueTest, GivesFullBatchesAtOnceInOrder) {
  SpanQueue queue({.capacity = 10, .batch = 2});
  queue.Add(Spans(3));
  const std::vector<Span> first = queue.Take(hours(1));
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].name, "0");
  EXPECT_EQ(first[1].name, "1");
  EXPECT_EQ(queue.Take(milliseconds(0)).size(), 1u);
  EXPECT_TRUE(queue.Take(milliseconds(0)).empty());
}

TEST(SpanQueueTest, WakesWhoWaitsForAFullBatch) {
  SpanQueue queue({.capacity = 10, .batch = 2});
  std::jthread adder([&queue] {
    queue.Add(Spans(1));
    queue.Add(Spans(1));
  });
  EXPECT_EQ(queue.Take(hours(1)).size(), 2u);
}

TEST(SpanQueueTest, GivesTheRestOnceClosedAndTakesNoMore) {
  SpanQueue queue({.capacity = 10, .batch = 2});
  queue.Add(Spans(1));
  queue.Close();
  EXPECT_EQ(queue.Add(Spans(1)), 1u);
  EXPECT_EQ(queue.Take(hours(1)).size(), 1u);
  EXPECT_TRUE(queue.Take(hours(1)).empty());
  EXPECT_TRUE(queue.closed());
}

}  // namespace
}  // namespace wanwu::tracing
