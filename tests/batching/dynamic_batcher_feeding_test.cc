#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <optional>
#include <thread>

#include "batching/dynamic_batcher.h"
#include "batching/feeder.h"
#include "tests/batching/recording_runner.h"
#include "tests/support/fake_clock.h"

namespace wanwu::batching {
namespace {

using test_support::FakeClock;

// Hands numbered jobs to a batcher.
class NumberFeeder : public Feeder {
 public:
  void Use(DynamicBatcher& batcher, QueueId id) {
    batcher_ = &batcher;
    id_ = id;
  }

  void Add(int count) {
    waiting_ += count;
    batcher_->Wake();
  }

  [[nodiscard]] std::size_t Waiting(BatchKind kind) const noexcept override {
    return kind == BatchKind::kBulk ? 0 : static_cast<std::size_t>(waiting_);
  }

  bool Feed(int /*lane*/) noexcept override {
    int before = waiting_;
    while (before > 0 && !waiting_.compare_exchange_weak(before, before - 1)) {
    }
    if (before <= 0) return false;
    if (before > 1) batcher_->Wake();
    started_.count_down();
    go_on_.wait();
    return batcher_->SubmitFromLane(*id_, Priority::kInteractive,
                                    MakeJob(before, {})) ==
           SubmitResult::kQueued;
  }

  // Feed waits until it is told to go on.
  void AwaitFeeding() { started_.wait(); }
  void LetGo() { go_on_.count_down(); }

 private:
  DynamicBatcher* batcher_ = nullptr;
  std::optional<QueueId> id_;
  std::atomic<int> waiting_{0};
  std::latch started_{1};
  std::latch go_on_{1};
};

TEST(DynamicBatcherFeedingTest, ParkedLanesAreWokenToFeed) {
  const FakeClock clock;
  RecordingRunner runner;
  NumberFeeder feeder;
  DynamicBatcher batcher({.lane_count = 1, .feeder = &feeder}, clock);
  feeder.Use(batcher, batcher.AddQueue({}, runner).value());

  feeder.Add(1);
  feeder.AwaitFeeding();
  feeder.LetGo();

  runner.AwaitJobs(1);
}

TEST(DynamicBatcherFeedingTest, DrainEndsOnlyWhenNothingWaitsToBeFed) {
  const FakeClock clock;
  RecordingRunner runner;
  NumberFeeder feeder;
  DynamicBatcher batcher({.lane_count = 1, .feeder = &feeder}, clock);
  feeder.Use(batcher, batcher.AddQueue({}, runner).value());
  feeder.Add(1);
  feeder.AwaitFeeding();

  std::jthread drain([&batcher] { batcher.Drain(); });
  feeder.LetGo();
  drain.join();

  EXPECT_EQ(feeder.Waiting(BatchKind::kInteractive), 0u);
}

TEST(DynamicBatcherFeedingTest, ALaneThatFeedsIsBusy) {
  FakeClock clock;
  RecordingRunner runner;
  NumberFeeder feeder;
  DynamicBatcher batcher({.lane_count = 1, .feeder = &feeder}, clock);
  feeder.Use(batcher, batcher.AddQueue({}, runner).value());
  feeder.Add(1);
  feeder.AwaitFeeding();

  EXPECT_EQ(batcher.Lanes().busy, 1);
  clock.Advance(std::chrono::milliseconds(5));
  EXPECT_THAT(batcher.Lanes().busy_times,
              ::testing::ElementsAre(std::chrono::milliseconds(5)));
  feeder.LetGo();
  runner.AwaitJobs(1);
}

// Otherwise a job that was fed would wait for another model's warm-up.
TEST(DynamicBatcherFeedingTest, FedJobsDoNotWaitForTheLanesControlWork) {
  const FakeClock clock;
  RecordingRunner runner;
  NumberFeeder feeder;
  DynamicBatcher batcher({.lane_count = 2, .feeder = &feeder}, clock);
  feeder.Use(batcher, batcher.AddQueue({}, runner).value());
  feeder.Add(1);
  feeder.AwaitFeeding();
  std::latch other_lane_done(1);
  std::jthread control([&] {
    batcher.RunOnEveryLane(
        [&, first = std::make_shared<std::atomic<bool>>(true)](int /*lane*/) {
          if (first->exchange(false)) {
            other_lane_done.count_down();
          } else {
            runner.AwaitJobs(1);
          }
        });
  });
  other_lane_done.wait();

  feeder.LetGo();

  runner.AwaitJobs(1);
  control.join();
}

}  // namespace
}  // namespace wanwu::batching
