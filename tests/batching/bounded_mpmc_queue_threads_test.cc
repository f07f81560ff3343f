#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

#include "batching/bounded_mpmc_queue.h"

namespace wanwu::batching {
namespace {

using ::testing::Each;
using ::testing::Eq;

constexpr int kValuesPerProducer = 20'000;
constexpr Clock::TimePoint kAnyTime{};

void PushAll(BoundedMpmcQueue<int>& queue, int first) {
  for (int value = first; value < first + kValuesPerProducer; ++value) {
    while (!queue.TryPush(+value, kAnyTime)) std::this_thread::yield();
  }
}

TEST(BoundedMpmcQueueThreadsTest, EveryValueIsPoppedExactlyOnce) {
  constexpr int kProducers = 4;
  constexpr int kConsumers = 4;
  constexpr int kValues = kProducers * kValuesPerProducer;
  BoundedMpmcQueue<int> queue(64);
  std::vector<std::atomic<int>> pops(kValues);
  std::atomic<int> left{kValues};

  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kProducers; ++i) {
      threads.emplace_back(
          [&queue, i] { PushAll(queue, i * kValuesPerProducer); });
    }
    for (int i = 0; i < kConsumers; ++i) {
      threads.emplace_back([&] {
        while (left.load() > 0) {
          const std::optional<int> value = queue.TryPop();
          if (!value) {
            std::this_thread::yield();
            continue;
          }
          pops[static_cast<std::size_t>(*value)].fetch_add(1);
          left.fetch_sub(1);
        }
      });
    }
  }

  EXPECT_THAT(pops, Each(Eq(1)));
  EXPECT_EQ(queue.SizeGuess(), 0u);
}

TEST(BoundedMpmcQueueThreadsTest, ValuesOfOneProducerKeepTheirOrder) {
  BoundedMpmcQueue<int> queue(8);
  std::vector<int> popped;

  std::jthread producer([&queue] { PushAll(queue, 0); });
  std::jthread other([&queue] { PushAll(queue, kValuesPerProducer); });
  while (popped.size() < 2 * kValuesPerProducer) {
    if (const std::optional<int> value = queue.TryPop()) {
      popped.push_back(*value);
    } else {
      std::this_thread::yield();
    }
  }

  int next_first = 0;
  int next_second = kValuesPerProducer;
  for (int value : popped) {
    int& expected = value < kValuesPerProducer ? next_first : next_second;
    ASSERT_EQ(value, expected++);
  }
}

TEST(BoundedMpmcQueueThreadsTest, SizeStaysWithinBoundsWhileThreadsRun) {
  BoundedMpmcQueue<int> queue(16);
  std::atomic<bool> done{false};
  std::jthread consumer([&] {
    for (int popped = 0; popped < kValuesPerProducer;) {
      if (queue.TryPop()) {
        ++popped;
      } else {
        std::this_thread::yield();
      }
    }
    done = true;
  });
  std::jthread producer([&queue] { PushAll(queue, 0); });

  std::size_t largest = 0;
  while (!done) largest = std::max(largest, queue.SizeGuess());

  EXPECT_LE(largest, queue.capacity());
}

// Its move constructor stops between claiming a cell and publishing it.
struct PausingValue {
  explicit PausingValue(int value) : number(value) {}
  PausingValue(int value, std::latch& at_claim, std::latch& go_on)
      : number(value), claimed(&at_claim), resume(&go_on) {}
  PausingValue(PausingValue&& other) noexcept : number(other.number) {
    if (other.claimed == nullptr) return;
    other.claimed->count_down();
    other.resume->wait();
  }

  int number;
  std::latch* claimed = nullptr;
  std::latch* resume = nullptr;
};

TEST(BoundedMpmcQueueThreadsTest, APausedProducerHidesItsValueAndThoseBehind) {
  BoundedMpmcQueue<PausingValue> queue(4);
  std::latch claimed(1);
  std::latch resume(1);
  std::jthread paused([&] {
    EXPECT_TRUE(queue.TryPush(PausingValue(1, claimed, resume), kAnyTime));
  });
  claimed.wait();
  ASSERT_TRUE(queue.TryPush(PausingValue(2), kAnyTime));

  EXPECT_FALSE(queue.TryPop().has_value());
  EXPECT_FALSE(queue.OldestGuess().has_value());
  EXPECT_EQ(queue.SizeGuess(), 2u);

  resume.count_down();
  paused.join();
  EXPECT_EQ(queue.TryPop().value().number, 1);
  EXPECT_EQ(queue.TryPop().value().number, 2);
}

}  // namespace
}  // namespace wanwu::batching
