#include "server/app/memory_plan.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/app/cgroup_files.h"

namespace wanwu::app {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kMiB = int64_t{1} << 20;
constexpr int64_t kGiB = int64_t{1} << 30;

TEST(MemoryPlanTest, TakesHalfOfTheLimitAndPartsOfThat) {
  const MemoryPlan plan = PlanMemory({}, 2 * kGiB).value();

  EXPECT_EQ(plan.budget, kGiB);
  EXPECT_EQ(plan.receive, 128 * kMiB);
  EXPECT_EQ(plan.queue, 128 * kMiB);
  EXPECT_EQ(plan.decoders, 512 * kMiB);
}

TEST(MemoryPlanTest, TakesNoMoreThanTwoGigabytesOfALargeMachine) {
  const MemoryPlan plan = PlanMemory({}, 1024 * kGiB).value();

  EXPECT_EQ(plan.budget, 2 * kGiB);
  EXPECT_EQ(plan.receive, 256 * kMiB);
}

TEST(MemoryPlanTest, HasRoomForTheLargestMessageOnASmallMachine) {
  const MemoryPlan plan = PlanMemory({}, 384 * kMiB).value();

  EXPECT_EQ(plan.budget, 192 * kMiB);
  EXPECT_EQ(plan.receive, 40 * kMiB);
  EXPECT_EQ(plan.queue, 24 * kMiB);
  EXPECT_EQ(plan.decoders, 96 * kMiB);
}

TEST(MemoryPlanTest, KeepsWhatIsSet) {
  ServerConfig config;
  config.memory_budget = size_t{800} << 20;
  config.queue_bytes = size_t{300} << 20;

  const MemoryPlan plan = PlanMemory(config, 64 * kGiB).value();

  EXPECT_EQ(plan.budget, 800 * kMiB);
  EXPECT_EQ(plan.receive, 100 * kMiB);
  EXPECT_EQ(plan.queue, 300 * kMiB);
  EXPECT_EQ(plan.decoders, 400 * kMiB);
}

TEST(MemoryPlanTest, RefusesWhatExceedsTheBudgetAndNamesEachPart) {
  ServerConfig config;
  config.queue_bytes = size_t{1} << 30;

  const absl::Status status = PlanMemory(config, kGiB).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr("queue_bytes 1073741824"));
  EXPECT_THAT(message, HasSubstr("memory_budget of 536870912"));
  EXPECT_THAT(message, HasSubstr("half of the 1073741824 bytes"));
}

TEST(MemoryPlanTest, KeptAnswersComeBesideTheBudget) {
  ServerConfig config;
  config.answer_cache_bytes = size_t{512} << 20;

  const MemoryPlan plan = PlanMemory(config, 2 * kGiB).value();

  EXPECT_EQ(plan.budget, kGiB);
  EXPECT_EQ(plan.answers, 512 * kMiB);
}

TEST(MemoryPlanTest, RefusesMoreKeptAnswersThanThereIsMemory) {
  ServerConfig config;
  config.answer_cache_bytes = size_t{600} << 20;

  const absl::Status status = PlanMemory(config, kGiB).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("answer_cache_bytes 629145600"));
}

using MemoryLimitTest = CgroupFiles;

TEST_F(MemoryLimitTest, IsTheMachinesWithoutACgroup) {
  EXPECT_GT(ReadMemoryLimit(root_), 64 * kMiB);
}

TEST_F(MemoryLimitTest, IsTheSmallestOfTheCgroupsAbove) {
  Write("proc/self/cgroup", "0::/pods/mine\n");
  Write("sys/fs/cgroup/pods/mine/memory.max", "max\n");
  Write("sys/fs/cgroup/pods/memory.max", "33554432\n");

  EXPECT_EQ(ReadMemoryLimit(root_), 32 * kMiB);
}

TEST_F(MemoryLimitTest, ReadsTheFirstVersionOfCgroups) {
  Write("proc/self/cgroup", "9:memory:/mine\n4:cpu,cpuacct:/mine\n");
  Write("sys/fs/cgroup/memory/mine/memory.limit_in_bytes", "67108864\n");

  EXPECT_EQ(ReadMemoryLimit(root_), 64 * kMiB);
}

TEST_F(MemoryLimitTest, ALimitBeyondTheMachineIsNone) {
  const int64_t machine = ReadMemoryLimit(root_);
  Write("proc/self/cgroup", "9:memory:/\n");
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");

  EXPECT_EQ(ReadMemoryLimit(root_), machine);
}

}  // namespace
}  // namespace wanwu::app
