#include "server/pipeline/decode_queue.h"

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/pictures.h"
#include "tests/support/served_models.h"
#include "tests/support/tracked_job.h"

namespace wanwu::pipeline {
namespace {

using batching::BatchKind;
using batching::Priority;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using namespace test_support;  // NOLINT

// Jobs are named by a number, their client; work is 10 ms unless said
// otherwise.
class DecodeQueueTest : public ::testing::Test {
 protected:
  ~DecodeQueueTest() override { held_.clear(); }

  TrackedJob& Push(uint64_t client, const FakeModel& model,
                   Priority priority = Priority::kInteractive,
                   milliseconds work = milliseconds(10)) {
    TrackedJob& tracked = jobs_.emplace_back(
        model.served, EncodedPicture{},
        TrackedJobOptions{.priority = priority, .client = client});
    tracked.job()->SetCost({.decode = work});
    queue_.Push(tracked.job());
    return tracked;
  }

  TrackedJob& Push(uint64_t client) { return Push(client, model_); }

  // The client of the next job, which is kept ahead of the lanes.
  std::optional<uint64_t> Pop() {
    std::optional<DecodeQueue::Granted> granted = queue_.Pop();
    if (!granted.has_value()) return std::nullopt;
    const uint64_t client = granted->job->share().client;
    first_ = granted->first;
    held_[client].push_back(std::move(granted->credit));
    return client;
  }

  std::vector<uint64_t> PopAll() {
    std::vector<uint64_t> clients;
    while (const std::optional<uint64_t> client = Pop()) {
      clients.push_back(*client);
    }
    return clients;
  }

  FakeModel model_ = MakeFakeModel();
  FakeModel other_ = MakeFakeModel();
  int most_ahead_ = 1000;
  int released_ = 0;
  DecodeQueue queue_{[this](const ServedModel&) { return most_ahead_; },
                     [this] { ++released_; }};
  std::deque<TrackedJob> jobs_;
  std::map<uint64_t, std::vector<DecodeCredit>> held_;
  // Of the last job.
  bool first_ = false;
};

TEST_F(DecodeQueueTest, OneCallersJobsGoInTheOrderInWhichTheyCame) {
  for (int i = 0; i < 3; ++i) Push(1);

  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(queue_.Pop()->job, jobs_[static_cast<size_t>(i)].job());
  }
  EXPECT_FALSE(queue_.Pop().has_value());
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(DecodeQueueTest, CallersTakeTurns) {
  for (int i = 0; i < 4; ++i) Push(1);
  for (int i = 0; i < 2; ++i) Push(2);

  EXPECT_THAT(PopAll(), ElementsAre(1, 2, 1, 2, 1, 1));
}

TEST_F(DecodeQueueTest, ALateCallerIsNextHoweverMuchAnotherHasWaiting) {
  for (int i = 0; i < 256; ++i) Push(1);
  for (int i = 0; i < 100; ++i) Pop();

  Push(2);

  EXPECT_TRUE(Pop() == 2 || Pop() == 2);
}

TEST_F(DecodeQueueTest, TurnsAreByWorkNotByCount) {
  for (int i = 0; i < 2; ++i) {
    Push(1, model_, Priority::kInteractive, milliseconds(30));
  }
  for (int i = 0; i < 6; ++i) Push(2);

  EXPECT_THAT(PopAll(), ElementsAre(1, 2, 2, 2, 1, 2, 2, 2));
}

TEST_F(DecodeQueueTest, TimeWithoutWorkGivesNoClaimLater) {
  for (int i = 0; i < 10; ++i) Push(1);
  for (int i = 0; i < 10; ++i) Pop();
  for (int i = 0; i < 4; ++i) Push(2);
  for (int i = 0; i < 4; ++i) Push(1);

  const std::vector<uint64_t> order = PopAll();

  EXPECT_THAT(std::vector(order.begin(), order.begin() + 4),
              ::testing::UnorderedElementsAre(1, 1, 2, 2));
}

TEST_F(DecodeQueueTest, ModelsTakeTurnsHoweverManyCallersEachHas) {
  for (uint64_t client = 100; client < 228; ++client) Push(client, other_);
  Push(1);

  EXPECT_TRUE(Pop() == 1 || Pop() == 1);
}

TEST_F(DecodeQueueTest, InteractiveGoesBeforeBulk) {
  for (int i = 0; i < 256; ++i) Push(1, model_, Priority::kBulk);
  for (int i = 0; i < 50; ++i) Pop();

  Push(2);

  EXPECT_EQ(Pop(), 2);
}

TEST_F(DecodeQueueTest, BulkHasOneTurnInEight) {
  for (int i = 0; i < 100; ++i) Push(1, model_, Priority::kBulk);
  for (int i = 0; i < 100; ++i) Push(2);

  int bulk = 0;
  for (int i = 0; i < 80; ++i) bulk += Pop() == 1 ? 1 : 0;

  EXPECT_NEAR(bulk, 10, 1);
}

TEST_F(DecodeQueueTest, NeverDecodesFurtherAheadThanTheLimit) {
  most_ahead_ = 3;
  for (int i = 0; i < 10; ++i) Push(1);

  EXPECT_EQ(PopAll().size(), 3u);
  EXPECT_FALSE(queue_.HasWork());
  held_[1].pop_back();

  EXPECT_EQ(released_, 1);
  EXPECT_TRUE(queue_.HasWork());
  EXPECT_EQ(PopAll().size(), 1u);
}

TEST_F(DecodeQueueTest, CountsWhatWaitsByPriorityWhileItMayBeDecoded) {
  most_ahead_ = 1;
  for (int i = 0; i < 4; ++i) Push(1);
  Push(1, model_, Priority::kBulk);
  EXPECT_EQ(queue_.Waiting(BatchKind::kInteractive), 4u);
  EXPECT_EQ(queue_.Waiting(BatchKind::kBulk), 1u);

  while (Pop().has_value()) {
  }
  EXPECT_GT(queue_.size(), 0u);
  EXPECT_EQ(queue_.Waiting(BatchKind::kInteractive), 0u);

  held_.clear();
  EXPECT_EQ(queue_.Waiting(BatchKind::kInteractive), 3u);
}

TEST_F(DecodeQueueTest, ACallerWithNothingAheadMayGoBeyondTheLimitOfOthers) {
  most_ahead_ = 3;
  for (int i = 0; i < 10; ++i) Push(1);
  PopAll();
  for (uint64_t client = 2; client < 20; ++client) Push(client);

  EXPECT_EQ(PopAll().size(), 3u);
}

TEST_F(DecodeQueueTest, TheLimitIsEachModelsOwn) {
  most_ahead_ = 1;
  Push(1);
  Push(1);
  Push(1, other_);

  EXPECT_EQ(PopAll().size(), 2u);
}

TEST_F(DecodeQueueTest, SaysWhetherTheCallerHasNothingElseAhead) {
  for (int i = 0; i < 3; ++i) Push(1);
  Pop();
  EXPECT_TRUE(first_);
  Pop();
  EXPECT_FALSE(first_);
  held_.clear();

  Pop();

  EXPECT_TRUE(first_);
}

TEST_F(DecodeQueueTest, CancelledJobsAreSkipped) {
  TrackedJob& cancelled = Push(1);
  Push(2);
  ASSERT_EQ(cancelled.job()->Cancel(), batching::CancelOutcome::kCancelled);

  EXPECT_THAT(PopAll(), ElementsAre(2));
}

TEST_F(DecodeQueueTest, CancelledJobsDoNotPileUp) {
  most_ahead_ = 0;
  Push(1);
  for (uint64_t i = 0; i < 20'000; ++i) {
    TrackedJob tracked(model_.served, EncodedPicture{}, {.client = i % 7});
    queue_.Push(tracked.job());
    ASSERT_EQ(tracked.job()->Cancel(), batching::CancelOutcome::kCancelled);
  }

  EXPECT_LE(queue_.size(), 600u);
  most_ahead_ = 1;
  EXPECT_THAT(PopAll(), ElementsAre(1));
}

}  // namespace
}  // namespace wanwu::pipeline
