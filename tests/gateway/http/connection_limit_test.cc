#include "gateway/http/connection_limit.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace wanwu::gateway {
namespace {

TEST(ConnectionLimitTest, HasAPlaceForEachUpToItsLimit) {
  ConnectionLimit limit(2);
  auto first = limit.Enter();
  const auto second = limit.Enter();

  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(limit.Enter(), nullptr);

  first.reset();
  EXPECT_NE(limit.Enter(), nullptr);
}

TEST(ConnectionLimitTest, GivesThePlaceOfWhoHasWaitedLongest) {
  ConnectionLimit limit(3);
  std::vector<int> lost;
  const auto busy = limit.Enter();
  const auto later = limit.Enter();
  const auto first = limit.Enter();
  first->Wait([&] { lost.push_back(1); });
  later->Wait([&] { lost.push_back(2); });

  const auto a = limit.Enter();
  EXPECT_EQ(lost, std::vector({1}));
  const auto b = limit.Enter();
  EXPECT_EQ(lost, std::vector({1, 2}));

  EXPECT_NE(b, nullptr);
  EXPECT_EQ(limit.Enter(), nullptr);
  EXPECT_FALSE(first->StopWaiting());
  EXPECT_FALSE(later->StopWaiting());
}

TEST(ConnectionLimitTest, LeavesThoseAloneWhoseRequestHasCome) {
  ConnectionLimit limit(1);
  bool lost = false;
  const auto place = limit.Enter();
  place->Wait([&] { lost = true; });

  EXPECT_TRUE(place->StopWaiting());

  EXPECT_EQ(limit.Enter(), nullptr);
  EXPECT_FALSE(limit.EvictIdlest());
  EXPECT_FALSE(lost);
}

TEST(ConnectionLimitTest, CountsALostPlaceOnce) {
  ConnectionLimit limit(1);
  auto old = limit.Enter();
  old->Wait([] {});
  const auto young = limit.Enter();
  ASSERT_NE(young, nullptr);

  old.reset();

  EXPECT_EQ(limit.Enter(), nullptr);
}

TEST(ConnectionLimitTest, ForgetsWhoLeavesWhileWaiting) {
  ConnectionLimit limit(1);
  auto place = limit.Enter();
  place->Wait([] {});

  place.reset();

  EXPECT_FALSE(limit.EvictIdlest());
}

TEST(ConnectionLimitTest, NeverHasMoreThanItsLimitFromManyThreads) {
  constexpr int kMost = 3;
  ConnectionLimit limit(kMost);
  std::atomic<int> working{0};
  std::atomic<bool> exceeded{false};
  const auto connect = [&] {
    for (int i = 0; i < 2000; ++i) {
      const auto place = limit.Enter();
      if (place == nullptr) continue;
      place->Wait([] {});
      if (!place->StopWaiting()) continue;
      if (++working > kMost) exceeded = true;
      --working;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) threads.emplace_back(connect);
  for (auto& thread : threads) thread.join();

  EXPECT_FALSE(exceeded);
}

}  // namespace
}  // namespace wanwu::gateway
