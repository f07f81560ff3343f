#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "batching/feeder.h"
#include "tests/batching/lane_fixture.h"

namespace wanwu::batching {
namespace {

using ::testing::ElementsAre;

// Jobs that lanes make ready in this order.
class FakeFeeder final : public Feeder {
 public:
  void UseQueue(QueueTable& table, QueueId id) {
    table_ = &table;
    id_ = id;
  }

  void Add(int number, Priority priority = Priority::kInteractive) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({number, priority});
  }

  [[nodiscard]] std::size_t Waiting(BatchKind kind) const noexcept override {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count_if(
        waiting_.begin(), waiting_.end(), [kind](const Entry& it) {
          return (it.priority == Priority::kBulk) == (kind == BatchKind::kBulk);
        }));
  }

  bool Feed(int /*lane*/) noexcept override {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return false;
    const Entry entry = waiting_.front();
    waiting_.pop_front();
    ModelQueue* queue = table_->Enter(*id_, QueueSlot::Visit::kSubmit);
    return queue == nullptr ||  // The test ends.
           queue->TryPush(entry.priority, MakeJob(entry.number, {}));
  }

 private:
  struct Entry {
    int number = 0;
    Priority priority = Priority::kInteractive;
  };

  QueueTable* table_ = nullptr;
  std::optional<QueueId> id_;
  mutable std::mutex mutex_;
  std::deque<Entry> waiting_;
};

// A feeder and a queue for both it and the test. Other lanes that are idle are
// counted, but not there.
class LaneFeedingTest : public LaneFixture {
 protected:
  LaneFeedingTest() : LaneFixture(&feeder_) {}

  QueueId AddQueue(int max_batch_size) {
    const QueueId id = Add({.max_batch_size = max_batch_size});
    feeder_.UseQueue(context_.table, id);
    return id;
  }

  // Of the batch with which the lane begins, which is still running.
  std::vector<int> FirstBatch() {
    runner_.Hold();
    StartLane();
    runner_.AwaitCalls(1);
    return runner_.batches().front();
  }

  FakeFeeder feeder_;
};

TEST_F(LaneFeedingTest, FeedsItsWholeBatchBeforeItRunsIt) {
  AddQueue(8);
  for (int i = 1; i <= 3; ++i) feeder_.Add(i);

  StartLane();

  runner_.AwaitJobs(3);
  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(1, 2, 3)));
}

TEST_F(LaneFeedingTest, RunsABatchAsSoonAsItIsFull) {
  AddQueue(2);
  for (int i = 1; i <= 5; ++i) feeder_.Add(i);

  StartLane();

  runner_.AwaitJobs(5);
  EXPECT_THAT(
      runner_.batches(),
      ElementsAre(ElementsAre(1, 2), ElementsAre(3, 4), ElementsAre(5)));
}

TEST_F(LaneFeedingTest, LeavesIdleLanesTheirShareOfWhatWaits) {
  context_.idle_lanes = 1;
  AddQueue(8);
  for (int i = 1; i <= 4; ++i) feeder_.Add(i);

  EXPECT_THAT(FirstBatch(), ElementsAre(1, 2));
  EXPECT_EQ(feeder_.Waiting(BatchKind::kInteractive), 2u);
  runner_.LetGo();
}

TEST_F(LaneFeedingTest, NoInteractiveBatchWaitsUntilBulkWorkIsReady) {
  Push(AddQueue(8), 1);
  feeder_.Add(2, Priority::kBulk);

  EXPECT_THAT(FirstBatch(), ElementsAre(1));
  EXPECT_EQ(feeder_.Waiting(BatchKind::kBulk), 1u);
  runner_.LetGo();
}

// A feeder hands out its work in an order of its own.
TEST_F(LaneFeedingTest, FeedsNoMoreThanABatchInARow) {
  Push(AddQueue(2), 6);
  for (int i = 1; i <= 4; ++i) feeder_.Add(i, Priority::kBulk);
  feeder_.Add(5);

  EXPECT_THAT(FirstBatch(), ElementsAre(6));
  EXPECT_EQ(feeder_.Waiting(BatchKind::kBulk), 2u);
  runner_.LetGo();
}

TEST_F(LaneFeedingTest, EndsOnlyWhenAllIsFed) {
  AddQueue(1);
  for (int i = 1; i <= 20; ++i) feeder_.Add(i);
  context_.control.Close();
  context_.draining = true;

  StartLane();
  thread_.join();

  EXPECT_EQ(runner_.jobs_handled(), 20u);
}

}  // namespace
}  // namespace wanwu::batching
