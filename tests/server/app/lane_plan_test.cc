#include "server/app/lane_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CpuBudget Cpus(int count) {
  CpuBudget budget{.allowed = {}, .online = 1000, .quota = std::nullopt};
  for (int cpu = 0; cpu < count; ++cpu) budget.allowed.push_back(cpu);
  return budget;
}

LanePlan Plan(int lanes, int intra_op_threads, int cpus) {
  ServerConfig config;
  config.lanes = lanes;
  config.intra_op_threads = intra_op_threads;
  return PlanLanes(config, Cpus(cpus));
}

TEST(LanePlanTest, OneLaneOfOneThreadPerCpuByDefault) {
  const LanePlan plan = PlanLanes({}, Cpus(4));

  EXPECT_EQ(plan.lanes, 4);
  EXPECT_EQ(plan.intra_op_threads, 1);
}

TEST(LanePlanTest, LanesShareTheCpusByTheirThreads) {
  EXPECT_EQ(Plan(0, 2, 4).lanes, 2);
  EXPECT_EQ(Plan(0, 3, 4).lanes, 1);
  EXPECT_EQ(Plan(0, 8, 4).lanes, 1);
}

TEST(LanePlanTest, ThreadsShareTheCpusByLanes) {
  EXPECT_EQ(Plan(1, 0, 4).intra_op_threads, 4);
  EXPECT_EQ(Plan(3, 0, 4).intra_op_threads, 1);
  EXPECT_EQ(Plan(8, 0, 4).intra_op_threads, 1);
  EXPECT_EQ(Plan(1, 0, 100).intra_op_threads, 64);
}

TEST(LanePlanTest, BothByTheCpusMeansLanesOfOneThread) {
  const LanePlan plan = Plan(0, 0, 4);

  EXPECT_EQ(plan.lanes, 4);
  EXPECT_EQ(plan.intra_op_threads, 1);
}

TEST(LanePlanTest, LanesOfOneThreadDecode) {
  EXPECT_EQ(PlanLanes({}, Cpus(4)).decode_threads, 0);
  EXPECT_EQ(Plan(1, 1, 4).decode_threads, 0);
  EXPECT_EQ(Plan(1, 0, 4).decode_threads, 4);
  EXPECT_EQ(Plan(2, 3, 4).decode_threads, 6);
}

TEST(LanePlanTest, AsManyThreadsDecodeAsAreAskedFor) {
  ServerConfig config;
  config.decode_threads = 3;

  EXPECT_EQ(PlanLanes(config, Cpus(4)).decode_threads, 3);
}

TEST(LanePlanTest, CountsAllThreads) { EXPECT_EQ(Plan(3, 2, 4).threads(), 6); }

TEST(LanePlanTest, PinsLanesToAsManyCpusAsTheyHaveThreads) {
  EXPECT_THAT(Plan(2, 2, 4).cpus,
              ElementsAre(ElementsAre(0, 1), ElementsAre(2, 3)));
  EXPECT_THAT(Plan(2, 3, 4).cpus, IsEmpty());
}

}  // namespace
}  // namespace wanwu::app
