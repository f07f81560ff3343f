#include "batching/clock.h"

#include <gtest/gtest.h>

namespace wanwu::batching {
namespace {

TEST(SteadyClockTest, NeverRunsBackwards) {
  const SteadyClock clock;
  const Clock::TimePoint before = clock.Now();

  EXPECT_GE(clock.Now(), before);
}

TEST(SteadyClockTest, WaitReturnsOnceTheTimeHasCome) {
  const SteadyClock clock;
  std::mutex mu;
  std::condition_variable never_notified;
  std::unique_lock lock(mu);
  const auto until = clock.Now() + std::chrono::milliseconds(1);

  while (clock.Now() < until) clock.WaitUntil(never_notified, lock, until);

  EXPECT_TRUE(lock.owns_lock());
}

TEST(SteadyClockTest, WaitForAPastTimeReturnsAtOnce) {
  const SteadyClock clock;
  std::mutex mu;
  std::condition_variable never_notified;
  std::unique_lock lock(mu);

  clock.WaitUntil(never_notified, lock, clock.Now() - std::chrono::hours(1));

  EXPECT_TRUE(lock.owns_lock());
}

}  // namespace
}  // namespace wanwu::batching
