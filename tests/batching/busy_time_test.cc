#include "batching/busy_time.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/support/fake_clock.h"

namespace wanwu::batching {
namespace {

using std::chrono::milliseconds;
using test_support::FakeClock;

TEST(BusyTimeTest, IsZeroBeforeTheFirstBatch) {
  FakeClock clock;
  const BusyTime busy;

  clock.Advance(milliseconds(5));

  EXPECT_EQ(busy.Total(clock), milliseconds(0));
}

TEST(BusyTimeTest, AddsUpBatchesAndNotThePausesBetween) {
  FakeClock clock;
  BusyTime busy;
  for (int i = 0; i < 3; ++i) {
    busy.Begin(clock.Now());
    clock.Advance(milliseconds(4));
    busy.End(clock.Now());
    clock.Advance(milliseconds(100));
  }

  EXPECT_EQ(busy.Total(clock), milliseconds(12));
}

TEST(BusyTimeTest, CountsWhatHasPassedOfTheBatchUnderWay) {
  FakeClock clock;
  BusyTime busy;
  busy.Begin(clock.Now());
  clock.Advance(milliseconds(4));
  busy.End(clock.Now());

  busy.Begin(clock.Now());
  EXPECT_EQ(busy.Total(clock), milliseconds(4));
  clock.Advance(milliseconds(2));

  EXPECT_EQ(busy.Total(clock), milliseconds(6));
}

TEST(BusyTimeTest, ReaderOfARunningLaneNeverSeesMoreThanHasPassed) {
  const SteadyClock clock;
  BusyTime busy;
  const Clock::TimePoint start = clock.Now();
  std::jthread lane([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      busy.Begin(clock.Now());
      busy.End(clock.Now());
    }
  });

  for (int i = 0; i < 10'000; ++i) {
    const Clock::Duration total = busy.Total(clock);

    ASSERT_GE(total, Clock::Duration::zero());
    ASSERT_LE(total, clock.Now() - start);
  }
}

}  // namespace
}  // namespace wanwu::batching
