#include "server/app/cpu_pinning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <array>
#include <thread>
#include <vector>

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

std::vector<int> OneCpu(int cpu) { return {cpu}; }

TEST(PlanLaneCpusTest, AutoPinsWhereTheCpuSetWasNarrowed) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kAuto, 2, 1, Narrowed()),
              ElementsAre(OneCpu(4), OneCpu(5)));
}

TEST(PlanLaneCpusTest, AutoLeavesLanesFreeOnAWholeHost) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kAuto, 2, 1, WholeHost()), IsEmpty());
}

TEST(PlanLaneCpusTest, AutoNeverStacksLanesOnOneCpu) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kAuto, 4, 1, Narrowed()), IsEmpty());
}

TEST(PlanLaneCpusTest, OnPinsAnywhereAndStartsOverWhenCpusRunOut) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kOn, 2, 1, WholeHost()),
              ElementsAre(OneCpu(0), OneCpu(1)));
  EXPECT_THAT(PlanLaneCpus(PinLanes::kOn, 4, 1, Narrowed()),
              ElementsAre(OneCpu(4), OneCpu(5), OneCpu(9), OneCpu(4)));
}

TEST(PlanLaneCpusTest, LanesGetACpuForEachOfTheirThreads) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kOn, 2, 2, WholeHost()),
              ElementsAre(ElementsAre(0, 1), ElementsAre(2, 3)));
  EXPECT_THAT(PlanLaneCpus(PinLanes::kOn, 2, 2, Narrowed()),
              ElementsAre(ElementsAre(4, 5), ElementsAre(9, 4)));
}

TEST(PlanLaneCpusTest, AutoCountsThreadsOfLanes) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kAuto, 1, 3, Narrowed()),
              ElementsAre(ElementsAre(4, 5, 9)));
  EXPECT_THAT(PlanLaneCpus(PinLanes::kAuto, 2, 2, Narrowed()), IsEmpty());
}

TEST(PlanLaneCpusTest, OffLeavesLanesFree) {
  EXPECT_THAT(PlanLaneCpus(PinLanes::kOff, 2, 1, Narrowed()), IsEmpty());
}

TEST(PinCurrentThreadTest, LeavesTheThreadOneCpu) {
  std::thread([] {
    const int cpu = ReadCpuBudget().allowed.back();

    const absl::Status status = PinCurrentThread(std::array{cpu});

    ASSERT_TRUE(status.ok()) << status;
    EXPECT_THAT(ReadCpuBudget().allowed, ElementsAre(cpu));
    EXPECT_EQ(sched_getcpu(), cpu);
  }).join();
}

TEST(PinCurrentThreadTest, ThreadsThatItStartsGetTheSameCpus) {
  std::thread([] {
    const std::vector<int> cpus = ReadCpuBudget().allowed;
    ASSERT_TRUE(PinCurrentThread(std::array{cpus.back()}).ok());
    ASSERT_TRUE(PinCurrentThread(cpus).ok());

    std::thread([&] { EXPECT_EQ(ReadCpuBudget().allowed, cpus); }).join();
  }).join();
}

TEST(PinCurrentThreadTest, SaysWhichCpuIsNotThere) {
  std::thread([] {
    constexpr int kNoSuchCpu = 100'000;

    const absl::Status status = PinCurrentThread(std::array{kNoSuchCpu});

    EXPECT_THAT(std::string(status.message()),
                ::testing::HasSubstr("cannot pin to CPU 100000"));
    EXPECT_FALSE(PinCurrentThread(std::array{-1}).ok());
    EXPECT_FALSE(PinCurrentThread({}).ok());
  }).join();
}

}  // namespace
}  // namespace wanwu::app
