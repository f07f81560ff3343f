#include "client/loadgen/cpu_usage.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace wanwu::loadgen {
namespace {

TEST(CpuUsageTest, ReadsUserAndSystemTicks) {
  EXPECT_EQ(TicksFromStat("42 (server) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0 20"),
            42U);
}

TEST(CpuUsageTest, AProgramsNameMayHoldAnything) {
  EXPECT_EQ(TicksFromStat("42 (a) b (c) R) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0"),
            42U);
}

TEST(CpuUsageTest, RefusesWhatIsNoStat) {
  EXPECT_EQ(TicksFromStat(""), std::nullopt);
  EXPECT_EQ(TicksFromStat("42 (server) S 1"), std::nullopt);
  EXPECT_EQ(TicksFromStat("42 (s) S 1 2 3 4 5 6 7 8 9 10 x 12 0"),
            std::nullopt);
}

TEST(CpuUsageTest, ReadsALivingProcess) {
  const CpuReading reading = CpuMeter(getpid()).Read();

  EXPECT_GT(reading.own_seconds, 0);
  ASSERT_TRUE(reading.server_seconds);
  // Clock ticks are 10 ms.
  EXPECT_NEAR(*reading.server_seconds, reading.own_seconds, 0.03);
  EXPECT_GT(*reading.server_bytes, 1'000'000U);
}

TEST(CpuUsageTest, SaysThatAProcessIsGone) {
  // Above the kernel's highest.
  EXPECT_EQ(CpuMeter(1 << 30).Read().server_seconds, std::nullopt);
  EXPECT_EQ(CpuMeter(std::nullopt).Read().server_seconds, std::nullopt);
}

TEST(CpuUsageTest, KnowsTheMachine) { EXPECT_GE(AvailableCpus(), 1); }

}  // namespace
}  // namespace wanwu::loadgen
