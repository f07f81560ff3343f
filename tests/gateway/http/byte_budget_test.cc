#include "gateway/http/byte_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>
#include <vector>

namespace wanwu::gateway {
namespace {

TEST(ByteBudgetTest, GivesOutItsLimitToTheLastByte) {
  ByteBudget budget(10);
  BudgetShare share(budget);

  EXPECT_TRUE(share.TryGrow(7));
  EXPECT_TRUE(share.TryGrow(3));
  EXPECT_FALSE(share.TryGrow(1));

  EXPECT_EQ(budget.used(), 10U);
}

TEST(ByteBudgetTest, TakesNothingWhenItRefuses) {
  ByteBudget budget(10);
  BudgetShare share(budget);
  ASSERT_TRUE(share.TryGrow(4));

  EXPECT_FALSE(share.TryGrow(7));

  EXPECT_EQ(share.bytes(), 4U);
  EXPECT_EQ(budget.used(), 4U);
}

TEST(ByteBudgetTest, RefusesSizesThatWouldOverflow) {
  ByteBudget budget(10);
  BudgetShare share(budget);
  ASSERT_TRUE(share.TryGrow(1));

  EXPECT_FALSE(share.TryGrow(std::numeric_limits<std::size_t>::max()));
}

TEST(ByteBudgetTest, GetsBackWhatAShareHeldWhenItGoes) {
  ByteBudget budget(10);
  {
    BudgetShare share(budget);
    ASSERT_TRUE(share.TryGrow(10));
  }

  EXPECT_EQ(budget.used(), 0U);
}

TEST(ByteBudgetTest, ResizesAShareBothWays) {
  ByteBudget budget(10);
  BudgetShare share(budget);

  EXPECT_TRUE(share.TryResize(8));
  EXPECT_TRUE(share.TryResize(3));
  EXPECT_EQ(budget.used(), 3U);
  EXPECT_FALSE(share.TryResize(11));
  EXPECT_EQ(share.bytes(), 3U);
}

TEST(ByteBudgetTest, SplitsAShareWithoutTakingMore) {
  ByteBudget budget(10);
  BudgetShare share(budget);
  ASSERT_TRUE(share.TryGrow(10));
  {
    const BudgetShare part = share.Split(4);
    EXPECT_EQ(part.bytes(), 4U);
    EXPECT_EQ(share.bytes(), 6U);
    EXPECT_EQ(budget.used(), 10U);
  }
  EXPECT_EQ(budget.used(), 6U);
  EXPECT_EQ(share.Split(7).bytes(), 6U);
}

TEST(ByteBudgetTest, MovedSharesAreGivenBackOnce) {
  ByteBudget budget(10);
  {
    BudgetShare first(budget);
    ASSERT_TRUE(first.TryGrow(6));
    const BudgetShare second(std::move(first));
    EXPECT_EQ(second.bytes(), 6U);
    EXPECT_EQ(budget.used(), 6U);
  }

  EXPECT_EQ(budget.used(), 0U);
}

TEST(ByteBudgetTest, ReleasedSharesCanGrowAgain) {
  ByteBudget budget(10);
  BudgetShare share(budget);
  ASSERT_TRUE(share.TryGrow(10));

  share.Release();

  EXPECT_EQ(budget.used(), 0U);
  EXPECT_TRUE(share.TryGrow(10));
}

TEST(ByteBudgetTest, ManyThreadsNeverHoldMoreThanTheLimit) {
  constexpr std::size_t kLimit = 64;
  constexpr int kRounds = 20'000;
  ByteBudget budget(kLimit);
  std::atomic<std::size_t> held{0};
  std::atomic<bool> exceeded{false};
  std::vector<std::thread> threads;
  for (std::size_t bytes : {1U, 7U, 31U, 64U}) {
    threads.emplace_back([&, bytes] {
      for (int round = 0; round < kRounds; ++round) {
        BudgetShare share(budget);
        if (!share.TryGrow(bytes)) continue;
        if (held.fetch_add(bytes) + bytes > kLimit) exceeded = true;
        held -= bytes;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_FALSE(exceeded);
  EXPECT_EQ(budget.used(), 0U);
}

}  // namespace
}  // namespace wanwu::gateway
