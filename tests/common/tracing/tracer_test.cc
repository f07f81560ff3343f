#include "common/tracing/tracer.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/recording_sink.h"

namespace wanwu::tracing {
namespace {

TraceContext Caller(bool sampled) {
  return {.caller = {1, 2, 3}, .sampled = sampled};
}

class TracerTest : public ::testing::Test {
 protected:
  test_support::RecordingSink sink_;
};

TEST_F(TracerTest, FollowsItsCallersWhateverTheRatio) {
  for (const double ratio : {0.0, 1.0}) {
    const Tracer tracer(ratio, sink_);
    const RequestTrace traced = tracer.Begin(Caller(true));
    EXPECT_TRUE(traced.sampled);
    EXPECT_EQ(traced.parent, 3u);
    EXPECT_EQ(traced.self.trace_high, 1u);
    EXPECT_EQ(traced.self.trace_low, 2u);
    EXPECT_NE(traced.self.span, 3u);
    EXPECT_TRUE(traced.self.valid());

    const RequestTrace untraced = tracer.Begin(Caller(false));
    EXPECT_FALSE(untraced.sampled);
    EXPECT_TRUE(untraced.known());
  }
}

TEST_F(TracerTest, BeginsNoTraceAtRatioZero) {
  const RequestTrace trace = Tracer(0, sink_).Begin({});
  EXPECT_FALSE(trace.sampled);
  EXPECT_FALSE(trace.known());
}

TEST_F(TracerTest, BeginsATraceForEachRequestAtRatioOne) {
  const Tracer tracer(1, sink_);
  std::set<std::string> traces;
  for (int i = 0; i < 1000; ++i) {
    const RequestTrace trace = tracer.Begin({});
    EXPECT_TRUE(trace.sampled);
    EXPECT_EQ(trace.parent, 0u);
    traces.insert(TraceIdText(trace.self));
  }
  EXPECT_EQ(traces.size(), 1000u);
}

TEST_F(TracerTest, BeginsATraceForTheShareAskedFor) {
  const Tracer tracer(0.25, sink_);
  int sampled = 0;
  for (int i = 0; i < 10'000; ++i) sampled += tracer.Begin({}).sampled ? 1 : 0;
  // Ten standard deviations.
  EXPECT_NEAR(sampled, 2500, 433);
}

TEST(InRatioTest, FollowsFromTheTrace) {
  EXPECT_TRUE(InRatio({7, 0, 1}, 0.001));
  EXPECT_TRUE(InRatio({7, uint64_t{1} << 62, 1}, 0.26));
  EXPECT_FALSE(InRatio({7, uint64_t{1} << 62, 1}, 0.25));
  EXPECT_FALSE(InRatio({7, ~uint64_t{0}, 1}, 0.999));
  EXPECT_TRUE(InRatio({7, ~uint64_t{0}, 1}, 1));
}

}  // namespace
}  // namespace wanwu::tracing
