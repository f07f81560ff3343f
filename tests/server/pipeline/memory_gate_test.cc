#include "server/pipeline/memory_gate.h"

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace wanwu::pipeline {
namespace {

TEST(MemoryGateTest, LetsInWhatFits) {
  MemoryGate gate(100);
  const MemoryGate::Hold first(gate, 60);
  const MemoryGate::Hold second(gate, 40);

  EXPECT_EQ(gate.limit(), 100);
}

TEST(MemoryGateTest, TheRestWaitsUntilEnoughIsFree) {
  MemoryGate gate(100);
  std::optional<MemoryGate::Hold> first(std::in_place, gate, 60);
  std::atomic<bool> freed{false};
  std::jthread waiter([&] {
    const MemoryGate::Hold second(gate, 41);
    EXPECT_TRUE(freed.load());
  });

  freed.store(true);
  first.reset();
}

TEST(MemoryGateTest, NeverMoreThanTheLimitUnderManyThreads) {
  MemoryGate gate(100);
  std::atomic<int> held{0};
  std::atomic<int> violations{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, bytes = 20 + 10 * i] {
        for (int round = 0; round < 2000; ++round) {
          const MemoryGate::Hold hold(gate, bytes);
          if (held.fetch_add(bytes) + bytes > 100) ++violations;
          held.fetch_sub(bytes);
        }
      });
    }
  }

  EXPECT_EQ(violations, 0);
}

}  // namespace
}  // namespace wanwu::pipeline
