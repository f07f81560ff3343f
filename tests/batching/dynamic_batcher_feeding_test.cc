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

class DynamicBatcherFeedingTest : public ::testing::Test {
 protected:
  // Returns once one lane is feeding the only job that there is.
  void Start(int lanes) {
    batcher_.emplace(BatcherOptions{.lane_count = lanes, .feeder = &feeder_},
                     clock_);
    feeder_.Use(*batcher_, batcher_->AddQueue({}, runner_).value());
    feeder_.Add(1);
    feeder_.AwaitFeeding();
  }

  FakeClock clock_;
  RecordingRunner runner_;
  NumberFeeder feeder_;
  std::optional<DynamicBatcher> batcher_;
};

TEST_F(DynamicBatcherFeedingTest, ParkedLanesAreWokenToFeed) {
  Start(1);

  feeder_.LetGo();

  runner_.AwaitJobs(1);
}

TEST_F(DynamicBatcherFeedingTest, DrainEndsOnlyWhenNothingWaitsToBeFed) {
  Start(1);

  std::jthread drain([this] { batcher_->Drain(); });
  feeder_.LetGo();
  drain.join();

  EXPECT_EQ(feeder_.Waiting(BatchKind::kInteractive), 0u);
}

TEST_F(DynamicBatcherFeedingTest, ALaneThatFeedsIsBusy) {
  Start(1);

  EXPECT_EQ(batcher_->Lanes().busy, 1);
  clock_.Advance(std::chrono::milliseconds(5));
  EXPECT_THAT(batcher_->Lanes().busy_times,
              ::testing::ElementsAre(std::chrono::milliseconds(5)));
  feeder_.LetGo();
  runner_.AwaitJobs(1);
}

// Otherwise a job that was fed would wait for another model's warm-up.
TEST_F(DynamicBatcherFeedingTest, FedJobsDoNotWaitForTheLanesControlWork) {
  Start(2);
  std::latch other_lane_done(1);
  std::jthread control([&] {
    batcher_->RunOnEveryLane(
        [&, first = std::make_shared<std::atomic<bool>>(true)](int /*lane*/) {
          if (first->exchange(false)) {
            other_lane_done.count_down();
          } else {
            runner_.AwaitJobs(1);
          }
        });
  });
  other_lane_done.wait();

  feeder_.LetGo();

  runner_.AwaitJobs(1);
  control.join();
}

}  // namespace
}  // namespace wanwu::batching
