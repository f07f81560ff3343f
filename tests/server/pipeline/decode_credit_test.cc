#include "server/pipeline/decode_credit.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace wanwu::pipeline {
namespace {

TEST(DecodeCreditTest, GivesAsManyAsTheLimit) {
  DecodeAhead ahead([] {});
  ahead.SetLimit(2);

  const DecodeCredit first = ahead.TryAcquire();
  EXPECT_TRUE(ahead.available());
  const DecodeCredit second = ahead.TryAcquire();
  const DecodeCredit third = ahead.TryAcquire();

  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(third);
  EXPECT_FALSE(ahead.available());
}

TEST(DecodeCreditTest, DestructionGivesItBackAndTellsSo) {
  int released = 0;
  DecodeAhead ahead([&released] { ++released; });
  { const DecodeCredit credit = ahead.TryAcquire(); }

  EXPECT_EQ(released, 1);
  EXPECT_TRUE(ahead.available());
}

TEST(DecodeCreditTest, ItIsGivenBackBeforeItTellsSo) {
  bool available = false;
  DecodeAhead* self = nullptr;
  DecodeAhead ahead([&] { available = self->available(); });
  self = &ahead;

  ahead.TryAcquire().Release();

  EXPECT_TRUE(available);
}

TEST(DecodeCreditTest, ReleasingTwiceCountsOnce) {
  int released = 0;
  DecodeAhead ahead([&released] { ++released; });
  DecodeCredit credit = ahead.TryAcquire();

  credit.Release();
  credit.Release();

  EXPECT_EQ(released, 1);
}

TEST(DecodeCreditTest, AnEmptyOneTellsNobody) {
  int released = 0;
  DecodeAhead ahead([&released] { ++released; });
  ahead.SetLimit(0);
  { const DecodeCredit credit = ahead.TryAcquire(); }

  EXPECT_EQ(released, 0);
}

TEST(DecodeCreditTest, AssignmentGivesTheOldOneBack) {
  int released = 0;
  DecodeAhead ahead([&released] { ++released; });
  ahead.SetLimit(2);
  DecodeCredit kept = ahead.TryAcquire();

  kept = ahead.TryAcquire();

  EXPECT_EQ(released, 1);
  EXPECT_TRUE(kept);
}

TEST(DecodeCreditTest, MoveLeavesTheSourceEmpty) {
  int released = 0;
  DecodeAhead ahead([&released] { ++released; });
  DecodeCredit source = ahead.TryAcquire();

  const DecodeCredit target = std::move(source);

  EXPECT_TRUE(target);
  EXPECT_FALSE(source);
  EXPECT_EQ(released, 0);
}

TEST(DecodeCreditTest, LoweringTheLimitHoldsUpUntilEnoughAreBack) {
  DecodeAhead ahead([] {});
  ahead.SetLimit(3);
  std::vector<DecodeCredit> held;
  for (int i = 0; i < 3; ++i) held.push_back(ahead.TryAcquire());

  ahead.SetLimit(2);
  held.pop_back();

  EXPECT_FALSE(ahead.TryAcquire());
  held.pop_back();
  EXPECT_TRUE(ahead.TryAcquire());
}

TEST(DecodeCreditTest, NeverMoreThanTheLimitUnderManyThreads) {
  constexpr int kLimit = 3;
  DecodeAhead ahead([] {});
  ahead.SetLimit(kLimit);
  std::atomic<int> held{0};
  std::atomic<int> violations{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5000; ++round) {
        const DecodeCredit credit = ahead.TryAcquire();
        if (!credit) continue;
        if (held.fetch_add(1) >= kLimit) ++violations;
        held.fetch_sub(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(violations, 0);
  EXPECT_TRUE(ahead.available());
}

}  // namespace
}  // namespace wanwu::pipeline
