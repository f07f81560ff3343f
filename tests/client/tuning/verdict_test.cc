#include "client/tuning/verdict.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace wanwu::tuning {
namespace {

using Choice = Verdict::Choice;

const Goal kThroughput = {};
const Goal kLatency = {
    .aim = Aim::kLatency, .rate = 100, .p99 = std::chrono::milliseconds(50)};

Trial Rates(int lanes, std::initializer_list<double> rates) {
  Trial trial{.settings = {.lanes = lanes}};
  for (const double rate : rates) trial.runs.push_back({.rate = rate});
  return trial;
}

Trial P99s(int lanes, std::initializer_list<double> p99s, double cpu_ms = 10) {
  Trial trial{.settings = {.lanes = lanes}};
  for (const double p99 : p99s) {
    trial.runs.push_back({.rate = 100,
                          .p99_ms = p99,
                          .in_time = p99 <= 50,
                          .cpu_ms_per_answer = cpu_ms});
  }
  return trial;
}

TEST(VerdictTest, TakesTheBestThatIsBetterByMoreThanTheSpread) {
  const Verdict verdict =
      Judge(kThroughput, Rates(0, {100, 102, 98}), Rates(1, {120, 118, 122}));

  EXPECT_EQ(verdict.choice, Choice::kBest);
  EXPECT_NEAR(verdict.gain, 0.2, 1e-9);
  EXPECT_NEAR(verdict.spread, 0.04, 1e-9);
}

TEST(VerdictTest, KeepsTheDefaultWithinTheSpread) {
  EXPECT_EQ(
      Judge(kThroughput, Rates(0, {100, 90, 104}), Rates(1, {110, 108, 112}))
          .choice,
      Choice::kDefault);
}

TEST(VerdictTest, TheDefaultIsNoBetterThanItself) {
  const Trial by_default = Rates(0, {100, 100});

  EXPECT_EQ(Judge(kThroughput, by_default, by_default).choice,
            Choice::kDefault);
}

TEST(VerdictTest, DriftComparesTheDefaultsLastRunWithItsFirst) {
  EXPECT_NEAR(
      Judge(kThroughput, Rates(0, {100, 95, 80}), Rates(1, {200})).drift, -0.2,
      1e-9);
}

TEST(VerdictTest, WhatAloneHoldsTheTimeIsTakenHoweverNear) {
  EXPECT_EQ(
      Judge(kLatency, P99s(0, {51, 52, 53}), P99s(1, {49, 50, 49})).choice,
      Choice::kBest);
}

TEST(VerdictTest, WhatMostlyMissesTheTimeIsNotTaken) {
  EXPECT_EQ(
      Judge(kLatency, P99s(0, {45, 45, 45}), P99s(1, {20, 60, 60})).choice,
      Choice::kDefault);
  EXPECT_EQ(Judge(kLatency, P99s(0, {60, 60}), P99s(1, {55, 55})).choice,
            Choice::kNone);
}

TEST(VerdictTest, ALowerP99IsAGain) {
  const Verdict verdict = Judge(kLatency, P99s(0, {40, 40}), P99s(1, {20, 20}));

  EXPECT_EQ(verdict.choice, Choice::kBest);
  EXPECT_NEAR(verdict.gain, 1, 1e-9);
}

TEST(VerdictTest, LikeP99sAreDecidedByCpuTime) {
  EXPECT_EQ(Judge(kLatency, P99s(0, {40, 41}, 10), P99s(1, {40, 41}, 8)).choice,
            Choice::kBest);
  EXPECT_EQ(
      Judge(kLatency, P99s(0, {40, 41}, 10), P99s(1, {40, 41}, 10)).choice,
      Choice::kDefault);
}

TEST(VerdictTest, MedianRunIsByWhatTheGoalIsAbout) {
  EXPECT_EQ(MedianRun(kThroughput, Rates(0, {90, 300, 100})).rate, 100);
  EXPECT_EQ(MedianRun(kLatency, P99s(0, {30, 10, 20})).p99_ms, 20);
}

}  // namespace
}  // namespace wanwu::tuning
