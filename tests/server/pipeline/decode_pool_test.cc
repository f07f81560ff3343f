#include "server/pipeline/decode_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "tests/support/fake_clock.h"
#include "tests/support/gate.h"
#include "tests/support/pictures.h"
#include "tests/support/served_models.h"
#include "tests/support/tracked_job.h"

namespace wanwu::pipeline {
namespace {

using batching::Priority;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using namespace test_support;  // NOLINT

// Stands in for the lanes: keeps what was decoded until a test takes it.
class DecodedJobs {
 public:
  void Put(ClassifyJobPtr job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
      most_ = std::max(most_, jobs_.size());
    }
    count_.Add();
  }

  // As a lane would: the job gives its credit back and is done.
  int FinishOldest() {
    ClassifyJobPtr job;
    {
      const std::lock_guard lock(mutex_);
      job = jobs_.front();
      jobs_.pop_front();
    }
    const int picture = IdOf(job->tensor());
    if (job->TryTake()) job->Finish(JobAnswer{});
    return picture;
  }

  void FinishAll() {
    while (!Empty()) FinishOldest();
  }

  void AwaitCount(int count) { count_.AwaitAtLeast(count); }
  int count() { return count_.count(); }

  // The most that were kept at a time.
  size_t most() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  bool Empty() {
    const std::lock_guard lock(mutex_);
    return jobs_.empty();
  }

  std::mutex mutex_;
  std::deque<ClassifyJobPtr> jobs_;
  size_t most_ = 0;
  Counter count_;
};

JobCost CostOf(int64_t decoder_bytes, milliseconds decode_time) {
  JobCost cost;
  cost.picture.decoder_bytes = decoder_bytes;
  cost.picture.decode_time = decode_time;
  return cost;
}

class DecodePoolTest : public ::testing::Test {
 protected:
  void Start(int threads, int ahead, MemoryGate* memory = nullptr) {
    pool_.reset();
    DecodeStageOptions options;
    options.workers.assign(static_cast<size_t>(threads), "wanwu-decode");
    options.memory = memory;
    stage_ = std::make_unique<DecodeStage>(
        options, clock_, estimate_,
        [ahead](const ServedModel&) { return ahead; },
        [this](ClassifyJobPtr job, Priority priority) {
          last_priority_ = priority;
          decoded_.Put(std::move(job));
        },
        [this] { pool_->Wake(); });
    pool_ = std::make_unique<DecodePool>(*stage_, clock_);
  }

  ~DecodePoolTest() override {
    if (pool_ != nullptr) pool_->Drain();
    decoded_.FinishAll();
  }

  TrackedJob& Make(Bytes bytes, const TrackedJobOptions& options = {}) {
    return jobs_.emplace_back(model_.served, Encoded(std::move(bytes)),
                              options);
  }

  TrackedJob& Submit(int picture, const TrackedJobOptions& options = {}) {
    TrackedJob& tracked = Make(PictureOf(picture), options);
    stage_->Submit(tracked.job());
    return tracked;
  }

  // The queue is empty: a thread has what was in it.
  void AwaitTaken() {
    while (stage_->size() > 0) std::this_thread::yield();
  }

  FakeClock clock_;
  DecodeEstimate estimate_;
  FakeModel model_ = MakeFakeModel();
  std::deque<TrackedJob> jobs_;
  DecodedJobs decoded_;
  // Of the job decoded last; read once it is there.
  std::atomic<Priority> last_priority_{Priority::kBulk};
  std::unique_ptr<DecodeStage> stage_;
  std::unique_ptr<DecodePool> pool_;
};

TEST_F(DecodePoolTest, HandsOverTheDecodedPictureAndTheJobWaitsAgain) {
  Start(1, 1);

  TrackedJob& tracked = Submit(4711);
  decoded_.AwaitCount(1);

  EXPECT_EQ(tracked.times_done(), 0);
  EXPECT_TRUE(tracked.job()->picture().bytes.empty());
  EXPECT_EQ(decoded_.FinishOldest(), 4711);
  EXPECT_TRUE(tracked.Await().ok());
}

TEST_F(DecodePoolTest, NeverDecodesFurtherAheadThanTheLimit) {
  Start(4, 3);
  for (int i = 0; i < 100; ++i) Submit(i);

  for (int i = 0; i < 100; ++i) {
    decoded_.AwaitCount(std::min(i + 3, 100));
    decoded_.FinishOldest();
  }

  EXPECT_EQ(decoded_.most(), 3u);
}

TEST_F(DecodePoolTest, ACallersOnlyPictureGoesFirstInTheLanes) {
  Start(1, 2);

  Submit(1);
  decoded_.AwaitCount(1);
  EXPECT_EQ(last_priority_, Priority::kFirst);
  Submit(2);
  decoded_.AwaitCount(2);
  EXPECT_EQ(last_priority_, Priority::kInteractive);
  Submit(3, {.priority = Priority::kBulk});
  decoded_.AwaitCount(3);
  EXPECT_EQ(last_priority_, Priority::kBulk);
}

TEST_F(DecodePoolTest, PictureWhoseDeadlineHasPassedIsNotDecoded) {
  Start(1, 1);
  Submit(1);
  decoded_.AwaitCount(1);
  TrackedJobOptions options;
  options.times.deadline = clock_.Now() + seconds(1);
  TrackedJob& late = Submit(2, options);

  clock_.Advance(seconds(1));
  decoded_.FinishOldest();

  EXPECT_EQ(errors::Reason(late.Await().status()), errors::kDeadlineExceeded);
  pool_->Drain();
  EXPECT_EQ(decoded_.count(), 1);
}

TEST_F(DecodePoolTest, BrokenPictureEndsItsJobAndReachesNoLane) {
  Start(1, 1);

  TrackedJob& broken = Make(BrokenPicture());
  stage_->Submit(broken.job());

  EXPECT_EQ(errors::Reason(broken.Await().status()),
            errors::kImageDecodeFailed);
  pool_->Drain();
  EXPECT_EQ(decoded_.count(), 0);
  EXPECT_EQ(broken.times_done(), 1);
}

TEST_F(DecodePoolTest, BrokenAndLatePicturesDoNotUseUpTheLimit) {
  Start(2, 1);
  TrackedJobOptions late;
  late.times.deadline = clock_.Now();
  for (int i = 0; i < 20; ++i) {
    stage_->Submit(Make(BrokenPicture()).job());
    Submit(i, late);
  }
  Submit(5);

  decoded_.AwaitCount(1);

  EXPECT_EQ(decoded_.FinishOldest(), 5);
}

TEST_F(DecodePoolTest, CancelledPictureIsSkipped) {
  Start(1, 1);
  Submit(1);
  decoded_.AwaitCount(1);
  TrackedJob& cancelled = Submit(2);
  Submit(3);

  ASSERT_EQ(cancelled.job()->Cancel(), batching::CancelOutcome::kCancelled);
  decoded_.FinishOldest();
  decoded_.AwaitCount(2);

  EXPECT_EQ(decoded_.FinishOldest(), 3);
  EXPECT_EQ(cancelled.times_done(), 0);
  cancelled.job()->Finish(absl::CancelledError());
}

TEST_F(DecodePoolTest, PictureThatCannotBeAnsweredInTimeIsNotDecoded) {
  FakeModel slow = MakeFakeModel({.time_per_picture = milliseconds(10)});
  Start(1, 1);
  TrackedJobOptions options;
  options.times.deadline = clock_.Now() + milliseconds(12);
  TrackedJob& late =
      jobs_.emplace_back(slow.served, Encoded(PictureOf(1)), options);
  late.job()->SetCost({.decode = milliseconds(2)});

  stage_->Submit(late.job());

  EXPECT_EQ(errors::Reason(late.Await().status()), errors::kDeadlineExceeded);
  pool_->Drain();
  EXPECT_EQ(decoded_.count(), 0);
}

TEST_F(DecodePoolTest, ADecodeStopsWhenItsCallerLeaves) {
  MemoryGate memory(100);
  std::optional<MemoryGate::Hold> hold(std::in_place, memory, 100);
  Start(1, 1, &memory);
  TrackedJob& left = Make(PictureOf(1));
  left.job()->SetCost(CostOf(1, milliseconds(0)));
  stage_->Submit(left.job());
  // The decode thread has taken it, and stands before the memory.
  AwaitTaken();
  ASSERT_EQ(left.job()->Cancel(), batching::CancelOutcome::kOwnerInformed);

  hold.reset();

  EXPECT_EQ(errors::Reason(left.Await().status()), errors::kCancelled);
  pool_->Drain();
  EXPECT_EQ(decoded_.count(), 0);
}

TEST_F(DecodePoolTest, ADecodeStopsWhenItsDeadlineComes) {
  MemoryGate memory(100);
  std::optional<MemoryGate::Hold> hold(std::in_place, memory, 100);
  Start(1, 1, &memory);
  TrackedJobOptions options;
  options.times.deadline = clock_.Now() + seconds(1);
  TrackedJob& late = Make(PictureOf(1), options);
  late.job()->SetCost(CostOf(1, milliseconds(0)));
  stage_->Submit(late.job());
  AwaitTaken();

  clock_.Advance(seconds(1));
  hold.reset();

  EXPECT_EQ(errors::Reason(late.Await().status()), errors::kDeadlineExceeded);
  pool_->Drain();
  EXPECT_EQ(decoded_.count(), 0);
}

TEST_F(DecodePoolTest, LearnsHowLongDecodingTakes) {
  Start(1, 1);
  TrackedJob& tracked = Make(PictureOf(1));
  const JobCost cost = CostOf(0, seconds(1));
  tracked.job()->SetCost(cost);

  stage_->Submit(tracked.job());
  decoded_.AwaitCount(1);

  EXPECT_LT(estimate_.TimeOf(cost.picture), seconds(1));
}

TEST_F(DecodePoolTest, DrainDecodesWhatWaits) {
  Start(3, 1000);
  for (int i = 0; i < 50; ++i) Submit(i);

  pool_->Drain();
  pool_->Drain();

  EXPECT_EQ(decoded_.count(), 50);
}

// All threads park while nothing may be decoded, and one picture wakes but one
// of them: the others must learn from it that there is nothing more to come.
TEST_F(DecodePoolTest, DrainEndsEveryThreadAlthoughTheLanesHeldThemUp) {
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE(round);
    Start(8, 1);
    for (int i = 0; i < 2; ++i) Submit(i);
    decoded_.AwaitCount(2 * round + 1);

    std::thread drain([this] { pool_->Drain(); });
    decoded_.FinishOldest();
    decoded_.AwaitCount(2 * round + 2);
    decoded_.FinishOldest();
    drain.join();

    EXPECT_EQ(decoded_.count(), 2 * round + 2);
  }
}

}  // namespace
}  // namespace wanwu::pipeline
