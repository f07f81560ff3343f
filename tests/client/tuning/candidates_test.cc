#include "client/tuning/candidates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace wanwu::tuning {
namespace {

using std::chrono::microseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

const Machine kFourCpus = {.cpus = 4, .automatic_precision = "int8"};

std::vector<std::pair<int, int>> LanesAndThreads(const Settings& from,
                                                 int cpus) {
  std::vector<std::pair<int, int>> pairs;
  for (const Settings& settings :
       Candidates(Axis::kThreads, from, {.cpus = cpus})) {
    pairs.emplace_back(settings.lanes, settings.intra_op_threads);
  }
  return pairs;
}

TEST(CandidatesTest, PrecisionsLeaveOutWhatRunsByItself) {
  std::vector<std::string> names;
  for (const Settings& settings : Candidates(Axis::kPrecision, {}, kFourCpus)) {
    names.push_back(settings.precision);
  }

  EXPECT_THAT(names, ElementsAre("bf16", "fp32"));
}

TEST(CandidatesTest, ThreadsDivideTheCpusAndLanesGoBeyondAndBelowThem) {
  EXPECT_THAT(
      LanesAndThreads({}, 4),
      UnorderedElementsAre(std::pair(2, 2), std::pair(1, 4), std::pair(3, 1),
                           std::pair(2, 1), std::pair(6, 1)));
}

TEST(CandidatesTest, OneCpuOnlyOffersASecondLane) {
  EXPECT_THAT(LanesAndThreads({}, 1), ElementsAre(std::pair(2, 1)));
}

TEST(CandidatesTest, ThreadsGoBackToTheDefault) {
  EXPECT_THAT(LanesAndThreads({.lanes = 1, .intra_op_threads = 2}, 2),
              Contains(std::pair(0, 1)));
}

TEST(CandidatesTest, DelayNeedsCompany) {
  EXPECT_THAT(Candidates(Axis::kQueueDelay, {.max_batch_size = 1}, kFourCpus),
              IsEmpty());
  EXPECT_THAT(Candidates(Axis::kQueueDelay, {}, kFourCpus), Not(IsEmpty()));
}

TEST(CandidatesTest, BatchesOfOneHaveNoDelay) {
  const Settings from = {.max_queue_delay = microseconds(500)};

  for (const Settings& settings :
       Candidates(Axis::kBatchSize, from, kFourCpus)) {
    EXPECT_EQ(settings.max_queue_delay.count(),
              settings.max_batch_size == 1 ? 0 : 500);
  }
}

TEST(CandidatesTest, WhatTheyStartFromIsNoneOfThem) {
  for (const Axis axis : kAxes) {
    EXPECT_THAT(Candidates(axis, {}, kFourCpus), Not(Contains(Settings())));
  }
}

}  // namespace
}  // namespace wanwu::tuning
