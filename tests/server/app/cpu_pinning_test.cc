#include "server/app/cpu_pinning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

namespace wanwu::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CpuBudget Narrowed() {
  return {.allowed = {4, 5, 9}, .online = 16, .quota = std::nullopt};
}

CpuBudget WholeHost() {
  return {.allowed = {0, 1, 2, 3}, .online = 4, .quota = std::nullopt};
}

TEST(PlanLaneCpusTest, AutoPinsWhereTheCpuSetWasNarrowed) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kAuto, 2, Narrowed()), ElementsAre(4, 5));
}

TEST(PlanLaneCpusTest, AutoLeavesLanesFreeOnAWholeHost) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kAuto, 2, WholeHost()), IsEmpty());
}

TEST(PlanLaneCpusTest, AutoNeverStacksLanesOnOneCpu) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kAuto, 4, Narrowed()), IsEmpty());
}

TEST(PlanLaneCpusTest, OnPinsAnywhereAndStartsOverWhenCpusRunOut) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kOn, 2, WholeHost()), ElementsAre(0, 1));
  EXPECT_THAT(PlanLaneCpus(PinLanes::kOn, 4, Narrowed()),
              ElementsAre(4, 5, 9, 4));
}

TEST(PlanLaneCpusTest, OffLeavesLanesFree) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kOff, 2, Narrowed()), IsEmpty());
}

TEST(PinCurrentThreadTest, LeavesTheThreadOneCpu) {
  std::thread([] {
    const int cpu = ReadCpuBudget().allowed.back();

    const absl::Status status = PinCurrentThread(cpu);

    ASSERT_TRUE(status.ok()) << status;
    EXPECT_THAT(ReadCpuBudget().allowed, ElementsAre(cpu));
    EXPECT_EQ(sched_getcpu(), cpu);
  }).join();
}

TEST(PinCurrentThreadTest, SaysWhichCpuIsNotThere) {
  std::thread([] {
    constexpr int kNoSuchCpu = 100'000;

    const absl::Status status = PinCurrentThread(kNoSuchCpu);

    EXPECT_THAT(std::string(status.message()),
                ::testing::HasSubstr("cannot pin to CPU 100000"));
    EXPECT_FALSE(PinCurrentThread(-1).ok());
  }).join();
}

}  // namespace
}  // namespace wanwu::app
