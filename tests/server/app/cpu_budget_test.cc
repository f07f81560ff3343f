#include "server/app/cpu_budget.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <string>
#include <thread>

#include "tests/server/app/cgroup_files.h"

namespace wanwu::app {
namespace {

CpuBudget BudgetOf(int cpus, std::optional<double> quota) {
  CpuBudget budget{.allowed = {}, .online = cpus, .quota = quota};
  for (int cpu = 0; cpu < cpus; ++cpu) budget.allowed.push_back(cpu);
  return budget;
}

TEST(CpuBudgetTest, IsTheAffinityMaskWithoutAQuota) {
  EXPECT_EQ(BudgetOf(4, std::nullopt).count(), 4);
}

TEST(CpuBudgetTest, IsTheQuotaWhereThatIsLess) {
  EXPECT_EQ(BudgetOf(4, 2.0).count(), 2);
  EXPECT_EQ(BudgetOf(4, 100.0).count(), 4);
  EXPECT_EQ(BudgetOf(4, 1e300).count(), 4);
}

TEST(CpuBudgetTest, RoundsAQuotaDownButNeverToNothing) {
  EXPECT_EQ(BudgetOf(4, 2.9).count(), 2);
  EXPECT_EQ(BudgetOf(4, 0.1).count(), 1);
}

TEST(CpuBudgetTest, IsNarrowedWhenTheHostHasMoreCpus) {
  CpuBudget budget = BudgetOf(4, std::nullopt);
  EXPECT_FALSE(budget.narrowed());

  budget.online = 8;
  EXPECT_TRUE(budget.narrowed());
}

TEST(CpuListTest, CountsRangesAndSingleCpus) {
  EXPECT_EQ(CountCpuList("0-3,8,10-11\n"), 7);
  EXPECT_EQ(CountCpuList("0"), 1);
}

TEST(CpuListTest, CountsNothingInAMalformedList) {
  for (const char* list : {"", "x", "3-1", "0-", "-1", "0,,1"}) {
    EXPECT_EQ(CountCpuList(list), 0) << list;
  }
}

class CgroupTest : public CgroupFiles {
 protected:
  std::optional<double> Quota() { return ReadCgroupQuota(root_); }
};

TEST_F(CgroupTest, LimitsNothingWhereThereIsNoCgroup) {
  EXPECT_EQ(Quota(), std::nullopt);
}

TEST_F(CgroupTest, ReadsTheV2Limit) {
  Write("proc/self/cgroup", "0::/app\n");
  Write("sys/fs/cgroup/app/cpu.max", "250000 100000\n");

  EXPECT_EQ(Quota(), 2.5);
}

TEST_F(CgroupTest, TakesV2MaxForNoLimit) {
  Write("proc/self/cgroup", "0::/app\n");
  Write("sys/fs/cgroup/app/cpu.max", "max 100000\n");

  EXPECT_EQ(Quota(), std::nullopt);
}

TEST_F(CgroupTest, TakesTheSmallestV2LimitOnTheWayUp) {
  Write("proc/self/cgroup", "0::/pod/app\n");
  Write("sys/fs/cgroup/pod/app/cpu.max", "max 100000\n");
  Write("sys/fs/cgroup/pod/cpu.max", "100000 50000\n");
  Write("sys/fs/cgroup/cpu.max", "800000 100000\n");

  EXPECT_EQ(Quota(), 2.0);
}

TEST_F(CgroupTest, DoesNotLookAtSiblings) {
  Write("proc/self/cgroup", "0::/pod/app\n");
  Write("sys/fs/cgroup/pod/other/cpu.max", "100000 100000\n");

  EXPECT_EQ(Quota(), std::nullopt);
}

TEST_F(CgroupTest, FindsAContainersLimitAtTheTopOfItsMount) {
  Write("proc/self/cgroup", "0::/../../host/only/path\n");
  Write("sys/fs/cgroup/cpu.max", "300000 100000\n");

  EXPECT_EQ(Quota(), 3.0);
}

TEST_F(CgroupTest, ReadsTheV1Limit) {
  Write("proc/self/cgroup", "5:memory:/app\n4:cpu,cpuacct:/app\n");
  Write("sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us", "150000\n");
  Write("sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_period_us", "100000\n");

  EXPECT_EQ(Quota(), 1.5);
}

TEST_F(CgroupTest, ReadsTheV1LimitUnderTheControllersOwnName) {
  Write("proc/self/cgroup", "4:cpu,cpuacct:/docker/abc\n");
  Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n");
  Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");

  EXPECT_EQ(Quota(), 4.0);
}

TEST_F(CgroupTest, TakesV1MinusOneForNoLimit) {
  Write("proc/self/cgroup", "1:cpu:/\n");
  Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");

  EXPECT_EQ(Quota(), std::nullopt);
}

TEST_F(CgroupTest, TakesTheSmallestV1LimitOnTheWayUp) {
  Write("proc/self/cgroup", "1:cpu:/pod/app\n");
  Write("sys/fs/cgroup/cpu/pod/app/cpu.cfs_quota_us", "400000\n");
  Write("sys/fs/cgroup/cpu/pod/app/cpu.cfs_period_us", "100000\n");
  Write("sys/fs/cgroup/cpu/pod/cpu.cfs_quota_us", "200000\n");
  Write("sys/fs/cgroup/cpu/pod/cpu.cfs_period_us", "100000\n");

  EXPECT_EQ(Quota(), 2.0);
}

TEST_F(CgroupTest, IgnoresOtherV1Controllers) {
  Write("proc/self/cgroup", "1:cpuset:/app\n2:cpuacct:/app\n");
  Write("sys/fs/cgroup/cpu/app/cpu.cfs_quota_us", "100000\n");
  Write("sys/fs/cgroup/cpu/app/cpu.cfs_period_us", "100000\n");

  EXPECT_EQ(Quota(), std::nullopt);
}

TEST_F(CgroupTest, TakesTheSmallerOfBothVersionsOnAHybridHost) {
  Write("proc/self/cgroup", "1:cpu:/a\n0::/b\n");
  Write("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "400000\n");
  Write("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
  Write("sys/fs/cgroup/unified/b/cpu.max", "300000 100000\n");

  EXPECT_EQ(Quota(), 3.0);
}

TEST_F(CgroupTest, IgnoresMalformedFiles) {
  Write("proc/self/cgroup", "nonsense\n0::/app\n");
  Write("sys/fs/cgroup/app/cpu.max", "1 2 3\n");
  Write("sys/fs/cgroup/cpu.max", "100000 0\n");

  EXPECT_EQ(Quota(), std::nullopt);
}

TEST_F(CgroupTest, ReadsTheHostsOnlineCpus) {
  Write("sys/devices/system/cpu/online", "0-4095\n");

  const CpuBudget budget = ReadCpuBudget(root_);

  EXPECT_EQ(budget.online, 4096);
  EXPECT_TRUE(budget.narrowed());
}

TEST(AffinityTest, CountsOnlyTheCpusOfTheMask) {
  std::thread([] {
    const CpuBudget whole = ReadCpuBudget();
    ASSERT_FALSE(whole.allowed.empty());
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<size_t>(whole.allowed.back()), &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);

    const CpuBudget narrow = ReadCpuBudget();

    EXPECT_EQ(narrow.allowed, std::vector<int>{whole.allowed.back()});
    EXPECT_EQ(narrow.count(), 1);
    EXPECT_EQ(narrow.narrowed(), narrow.online > 1);
  }).join();
}

}  // namespace
}  // namespace wanwu::app
