#include "client/tuning/goal.h"

#include <gtest/gtest.h>

namespace wanwu::tuning {
namespace {

const Goal kThroughput = {};
const Goal kLatency = {
    .aim = Aim::kLatency, .rate = 100, .p99 = std::chrono::milliseconds(50)};

Measurement Latency(double p99_ms, bool in_time, double cpu_ms = 10) {
  return {.rate = 100,
          .p99_ms = p99_ms,
          .in_time = in_time,
          .cpu_ms_per_answer = cpu_ms};
}

TEST(GoalTest, SaysWhatIsSought) {
  EXPECT_EQ(Describe(kThroughput), "most answers per second with 32 clients");
  EXPECT_EQ(Describe(kLatency), "p99 <= 50 ms at 100 requests/s");
}

TEST(GoalTest, MoreAnswersAreBetter) {
  EXPECT_TRUE(IsBetter(kThroughput, {.rate = 101}, {.rate = 100}));
  EXPECT_FALSE(IsBetter(kThroughput, {.rate = 100}, {.rate = 100}));
}

TEST(GoalTest, ErrorsAreNeverBetter) {
  const Measurement failing = {.rate = 500, .failed_share = 0.02};

  EXPECT_FALSE(Meets(kThroughput, failing));
  EXPECT_FALSE(IsBetter(kThroughput, failing, {.rate = 100}));
  EXPECT_TRUE(IsBetter(kThroughput, {.rate = 100}, failing));
}

TEST(GoalTest, WhatHoldsTheTimeIsBetterThanWhatDoesNot) {
  EXPECT_TRUE(IsBetter(kLatency, Latency(49, true), Latency(20, false)));
  EXPECT_FALSE(IsBetter(kLatency, Latency(20, false), Latency(49, true)));
}

TEST(GoalTest, AmongThoseThatHoldTheLowerP99IsBetter) {
  EXPECT_TRUE(IsBetter(kLatency, Latency(20, true, 99), Latency(30, true, 1)));
  EXPECT_FALSE(IsBetter(kLatency, Latency(30, true, 1), Latency(20, true, 99)));
}

TEST(GoalTest, AmongLikeP99sLessCpuTimeIsBetter) {
  EXPECT_TRUE(IsBetter(kLatency, Latency(21, true, 9), Latency(20, true, 10)));
  EXPECT_FALSE(IsBetter(kLatency, Latency(20, true, 10), Latency(21, true, 9)));
}

TEST(GoalTest, NothingAnsweredIsNoLatency) {
  EXPECT_FALSE(IsBetter(kLatency, {.in_time = false}, Latency(90, false)));
}

}  // namespace
}  // namespace wanwu::tuning
