#include "batching/bounded_mpmc_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

namespace wanwu::batching {
namespace {

using ::testing::Eq;
using ::testing::Optional;

constexpr Clock::TimePoint kAnyTime{};

Clock::TimePoint At(int seconds) {
  return Clock::TimePoint(std::chrono::seconds(seconds));
}

TEST(BoundedMpmcQueueTest, PopsValuesInTheOrderTheyWerePushed) {
  BoundedMpmcQueue<int> queue(4);

  for (int value : {7, 8, 9}) ASSERT_TRUE(queue.TryPush(+value, kAnyTime));

  for (int value : {7, 8, 9}) EXPECT_THAT(queue.TryPop(), Optional(value));
}

TEST(BoundedMpmcQueueTest, PopsNothingWhenEmpty) {
  BoundedMpmcQueue<int> queue(4);

  EXPECT_THAT(queue.TryPop(), Eq(std::nullopt));
}

TEST(BoundedMpmcQueueTest, RoundsCapacityUpToAPowerOfTwo) {
  EXPECT_EQ(BoundedMpmcQueue<int>(0).capacity(), 2u);
  EXPECT_EQ(BoundedMpmcQueue<int>(2).capacity(), 2u);
  EXPECT_EQ(BoundedMpmcQueue<int>(5).capacity(), 8u);
  EXPECT_EQ(BoundedMpmcQueue<int>(1024).capacity(), 1024u);
}

TEST(BoundedMpmcQueueTest, RefusesAValueWhenFullAndLeavesItToTheCaller) {
  BoundedMpmcQueue<std::unique_ptr<int>> queue(2);
  ASSERT_TRUE(queue.TryPush(std::make_unique<int>(1), kAnyTime));
  ASSERT_TRUE(queue.TryPush(std::make_unique<int>(2), kAnyTime));
  auto third = std::make_unique<int>(3);

  EXPECT_FALSE(queue.TryPush(std::move(third), kAnyTime));

  ASSERT_NE(third, nullptr);
  EXPECT_EQ(*third, 3);
}

TEST(BoundedMpmcQueueTest, TakesAValueAgainAfterAPop) {
  BoundedMpmcQueue<int> queue(2);
  ASSERT_TRUE(queue.TryPush(1, kAnyTime));
  ASSERT_TRUE(queue.TryPush(2, kAnyTime));
  ASSERT_THAT(queue.TryPop(), Optional(1));

  EXPECT_TRUE(queue.TryPush(3, kAnyTime));

  EXPECT_THAT(queue.TryPop(), Optional(2));
  EXPECT_THAT(queue.TryPop(), Optional(3));
}

TEST(BoundedMpmcQueueTest, KeepsOrderOverManyRounds) {
  BoundedMpmcQueue<int> queue(4);
  int next_push = 0;
  int next_pop = 0;

  for (int round = 0; round < 1000; ++round) {
    // Never empty nor full in between, so that the seam moves.
    while (queue.SizeGuess() < 3) {
      ASSERT_TRUE(queue.TryPush(next_push++, kAnyTime));
    }
    while (queue.SizeGuess() > 1) {
      ASSERT_THAT(queue.TryPop(), Optional(next_pop++));
    }
  }

  EXPECT_EQ(next_pop, 2000);
}

TEST(BoundedMpmcQueueTest, ShowsTheStampOfTheHeadWithoutTakingIt) {
  BoundedMpmcQueue<int> queue(4);
  ASSERT_TRUE(queue.TryPush(1, At(10)));
  ASSERT_TRUE(queue.TryPush(2, At(5)));

  EXPECT_THAT(queue.OldestGuess(), Optional(At(10)));
  EXPECT_THAT(queue.OldestGuess(), Optional(At(10)));

  ASSERT_THAT(queue.TryPop(), Optional(1));
  EXPECT_THAT(queue.OldestGuess(), Optional(At(5)));
}

TEST(BoundedMpmcQueueTest, ShowsNoStampWhenEmpty) {
  BoundedMpmcQueue<int> queue(2);
  EXPECT_THAT(queue.OldestGuess(), Eq(std::nullopt));
  ASSERT_TRUE(queue.TryPush(1, At(1)));
  ASSERT_TRUE(queue.TryPush(2, At(2)));
  ASSERT_THAT(queue.TryPop(), Optional(1));
  ASSERT_THAT(queue.TryPop(), Optional(2));

  EXPECT_THAT(queue.OldestGuess(), Eq(std::nullopt));
}

TEST(BoundedMpmcQueueTest, SizeIsExactWhileNobodyElseUsesIt) {
  BoundedMpmcQueue<int> queue(4);
  EXPECT_EQ(queue.SizeGuess(), 0u);
  for (std::size_t size = 1; size <= 4; ++size) {
    ASSERT_TRUE(queue.TryPush(0, kAnyTime));
    EXPECT_EQ(queue.SizeGuess(), size);
  }
  ASSERT_TRUE(queue.TryPop().has_value());
  EXPECT_EQ(queue.SizeGuess(), 3u);
}

TEST(BoundedMpmcQueueTest, APoppedSlotKeepsNothingAlive) {
  BoundedMpmcQueue<std::shared_ptr<int>> queue(2);
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = value;
  ASSERT_TRUE(queue.TryPush(std::move(value), kAnyTime));

  queue.TryPop()->reset();

  EXPECT_TRUE(watch.expired());
}

TEST(BoundedMpmcQueueTest, DestroysTheValuesLeftInside) {
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = value;
  {
    BoundedMpmcQueue<std::shared_ptr<int>> queue(2);
    ASSERT_TRUE(queue.TryPush(std::move(value), kAnyTime));
    ASSERT_FALSE(watch.expired());
  }

  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace wanwu::batching
