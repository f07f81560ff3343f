#include "batching/lane_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/fake_clock.h"

namespace wanwu::batching {
namespace {

using std::chrono::seconds;
using test_support::FakeClock;

// A lost wake-up shows as a test that does not end.

TEST(LaneGateTest, AWakeUpAfterPrepareKeepsTheThreadFromParking) {
  const FakeClock clock;
  LaneGate gate(clock);
  const LaneGate::Ticket ticket = gate.Prepare();

  gate.WakeOne();

  gate.Wait(ticket);
}

TEST(LaneGateTest, AWakeUpMeantForAllReachesEveryParkedThread) {
  const FakeClock clock;
  LaneGate gate(clock);
  std::atomic<bool> open{false};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        while (!open) {
          const LaneGate::Ticket ticket = gate.Prepare();
          if (open) {
            gate.Cancel();
          } else {
            gate.Wait(ticket);
          }
        }
      });
    }

    open = true;
    gate.WakeAll();
  }
}

TEST(LaneGateTest, ParksNobodyWhoseTimeHasCome) {
  FakeClock clock;
  LaneGate gate(clock);

  gate.Wait(gate.Prepare(), clock.Now());
  gate.Wait(gate.Prepare(), clock.Now() - seconds(1));
}

TEST(LaneGateTest, WakesAParkedThreadAtItsTime) {
  FakeClock clock;
  LaneGate gate(clock);
  const Clock::TimePoint until = clock.Now() + seconds(3);
  std::jthread parked([&] { gate.Wait(gate.Prepare(), until); });
  clock.AwaitWaiterUntil(until);

  clock.Advance(seconds(3));

  parked.join();
  EXPECT_GE(clock.Now(), until);
}

TEST(LaneGateTest, WakesAThreadParkedUntilALaterTime) {
  FakeClock clock;
  LaneGate gate(clock);
  const Clock::TimePoint until = clock.Now() + seconds(3);
  std::jthread parked([&] { gate.Wait(gate.Prepare(), until); });
  clock.AwaitWaiterUntil(until);

  gate.WakeOne();

  parked.join();
  EXPECT_LT(clock.Now(), until);
}

TEST(LaneGateTest, WhoParkedLastIsWokenFirst) {
  FakeClock clock;
  LaneGate gate(clock);
  const auto until = [&](int thread) {
    return clock.Now() + seconds(10 + thread);
  };
  std::vector<std::atomic<bool>> awake(3);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i, time = until(i)] {
      gate.Wait(gate.Prepare(), time);
      awake[static_cast<size_t>(i)] = true;
    });
    clock.AwaitWaiterUntil(until(i));
  }

  for (size_t i = 3; i-- > 0;) {
    gate.WakeOne();

    threads[i].join();
    for (size_t other = 0; other < i; ++other) EXPECT_FALSE(awake[other]);
  }
}

// Tokens are handed over one by one; whoever leaves some passes the wake-up on,
// as the gate asks of its users.
class TokenBox {
 public:
  explicit TokenBox(const Clock& clock) : gate_(clock) {}

  void Put() {
    tokens_.fetch_add(1, std::memory_order_release);
    gate_.WakeOne();
  }

  void Take() {
    while (!TryTake()) {
      const LaneGate::Ticket ticket = gate_.Prepare();
      if (tokens_.load(std::memory_order_acquire) > 0) {
        gate_.Cancel();
      } else {
        gate_.Wait(ticket);
      }
    }
  }

 private:
  bool TryTake() {
    int seen = tokens_.load(std::memory_order_acquire);
    while (seen > 0) {
      if (!tokens_.compare_exchange_weak(seen, seen - 1,
                                         std::memory_order_acq_rel)) {
        continue;
      }
      if (seen > 1) gate_.WakeOne();
      return true;
    }
    return false;
  }

  LaneGate gate_;
  std::atomic<int> tokens_{0};
};

TEST(LaneGateTest, LosesNoWakeUpBetweenManyThreads) {
  constexpr int kThreads = 3;
  constexpr int kTokens = 10'000;
  const FakeClock clock;
  TokenBox box(clock);
  std::atomic<int> taken{0};

  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&box] {
        for (int n = 0; n < kTokens; ++n) box.Put();
      });
      threads.emplace_back([&] {
        for (int n = 0; n < kTokens; ++n) {
          box.Take();
          taken.fetch_add(1);
        }
      });
    }
  }

  EXPECT_EQ(taken, kThreads * kTokens);
}

TEST(LaneGateTest, LosesNoWakeUpWhenTwoThreadsTakeTurns) {
  constexpr int kTurns = 10'000;
  const FakeClock clock;
  TokenBox to_other(clock);
  TokenBox to_us(clock);
  int turns = 0;

  std::jthread other([&] {
    for (int n = 0; n < kTurns; ++n) {
      to_other.Take();
      to_us.Put();
    }
  });
  for (; turns < kTurns; ++turns) {
    to_other.Put();
    to_us.Take();
  }

  EXPECT_EQ(turns, kTurns);
}

}  // namespace
}  // namespace wanwu::batching
