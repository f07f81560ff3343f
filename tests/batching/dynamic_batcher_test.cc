#include "batching/dynamic_batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "tests/batching/recording_runner.h"
#include "tests/support/fake_clock.h"

namespace wanwu::batching {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test_support::FakeClock;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class DynamicBatcherTest : public ::testing::Test {
 protected:
  JobPtr Submit(DynamicBatcher& batcher, QueueId id, int number,
                Clock::Duration age = {}) {
    JobPtr job = MakeJob(number, {.arrival = clock_.Now() - age});
    EXPECT_EQ(batcher.Submit(id, Priority::kInteractive, job),
              SubmitResult::kQueued);
    return job;
  }

  // Keeps one lane inside runner.Run, so that jobs submitted next are queued.
  void OccupyLane(DynamicBatcher& batcher, QueueId id,
                  RecordingRunner& runner) {
    const std::size_t calls = runner.calls().size();
    runner.Hold();
    Submit(batcher, id, -1);
    runner.AwaitCalls(calls + 1);
  }

  FakeClock clock_;
  RecordingRunner runner_;
};

TEST_F(DynamicBatcherTest, RunsAJobOnAnIdleLaneAtOnce) {
  DynamicBatcher batcher({.lane_count = 2}, clock_);
  const QueueId id = batcher.AddQueue({}, runner_).value();

  Submit(batcher, id, 1);

  runner_.AwaitJobs(1);
  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(1)));
}

TEST_F(DynamicBatcherTest, BatchesWhatQueuedUpWhileTheLaneWasBusy) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  const QueueId id = batcher.AddQueue({.max_batch_size = 4}, runner_).value();
  OccupyLane(batcher, id, runner_);
  for (int i = 1; i <= 6; ++i) Submit(batcher, id, i);

  runner_.LetGo();

  runner_.AwaitJobs(7);
  EXPECT_THAT(
      runner_.batches(),
      ElementsAre(ElementsAre(-1), ElementsAre(1, 2, 3, 4), ElementsAre(5, 6)));
}

TEST_F(DynamicBatcherTest, FollowsANewBatchLimit) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  const QueueId id = batcher.AddQueue({.max_batch_size = 4}, runner_).value();
  OccupyLane(batcher, id, runner_);
  for (int i = 1; i <= 4; ++i) Submit(batcher, id, i);

  batcher.SetMaxBatchSize(id, 2);
  runner_.LetGo();

  runner_.AwaitJobs(5);
  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(-1), ElementsAre(1, 2),
                                             ElementsAre(3, 4)));
}

TEST_F(DynamicBatcherTest, ServesTheModelWhoseJobIsOldestFirst) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  const QueueId id = batcher.AddQueue({}, runner_).value();
  const QueueId other = batcher.AddQueue({}, runner_).value();
  const QueueId third = batcher.AddQueue({}, runner_).value();
  OccupyLane(batcher, id, runner_);
  Submit(batcher, id, 1, milliseconds(10));
  Submit(batcher, other, 2, milliseconds(30));
  Submit(batcher, third, 3, milliseconds(20));

  runner_.LetGo();

  runner_.AwaitJobs(4);
  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(-1), ElementsAre(2),
                                             ElementsAre(3), ElementsAre(1)));
}

TEST_F(DynamicBatcherTest, ABacklogOfOneModelDoesNotSitOnAnother) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  runner_.set_expected_time(milliseconds(1));
  const QueueId busy = batcher.AddQueue({.max_batch_size = 2}, runner_).value();
  const QueueId quiet = batcher.AddQueue({}, runner_).value();
  OccupyLane(batcher, busy, runner_);
  for (int i = 0; i < 4; ++i) Submit(batcher, busy, 10 + i, milliseconds(100));
  Submit(batcher, quiet, 1);

  runner_.LetGo();

  runner_.AwaitJobs(6);
  EXPECT_THAT(runner_.batches(),
              ElementsAre(ElementsAre(-1), ElementsAre(1), ElementsAre(10, 11),
                          ElementsAre(12, 13)));
}

TEST_F(DynamicBatcherTest, ModelsShareTheLanesByTime) {
  // A model that takes longer, but writes to the same record.
  class Slow final : public BatchRunner {
   public:
    explicit Slow(RecordingRunner& record) : record_(record) {}
    void Run(int lane, std::span<const JobPtr> batch) override {
      record_.Run(lane, batch);
    }
    void Expire(const JobPtr& job) override { record_.Expire(job); }
    Clock::Duration ExpectedTime(int size) const noexcept override {
      return size * milliseconds(3);
    }

   private:
    RecordingRunner& record_;
  } slow(runner_);
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  runner_.set_expected_time(milliseconds(1));
  const QueueId id = batcher.AddQueue({.max_batch_size = 1}, runner_).value();
  const QueueId slow_id = batcher.AddQueue({.max_batch_size = 1}, slow).value();
  OccupyLane(batcher, id, runner_);
  for (int i = 1; i <= 6; ++i) Submit(batcher, id, i);
  for (int i = 1; i <= 2; ++i) Submit(batcher, slow_id, 100 * i);

  runner_.LetGo();
  batcher.Drain();

  EXPECT_THAT(runner_.batches(),
              ElementsAre(ElementsAre(-1), ElementsAre(100), ElementsAre(1),
                          ElementsAre(2), ElementsAre(3), ElementsAre(200),
                          ElementsAre(4), ElementsAre(5), ElementsAre(6)));
}

TEST_F(DynamicBatcherTest, BulkOfOneModelYieldsToYoungerInteractiveOfAnother) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  const QueueId id = batcher.AddQueue({}, runner_).value();
  const QueueId other = batcher.AddQueue({}, runner_).value();
  OccupyLane(batcher, id, runner_);
  const JobTimes old{.arrival = clock_.Now() - seconds(60)};
  ASSERT_EQ(batcher.Submit(id, Priority::kBulk, MakeJob(1, old)),
            SubmitResult::kQueued);
  Submit(batcher, other, 2);

  runner_.LetGo();

  runner_.AwaitJobs(3);
  EXPECT_THAT(runner_.batches(),
              ElementsAre(ElementsAre(-1), ElementsAre(2), ElementsAre(1)));
}

TEST_F(DynamicBatcherTest, InteractiveWorkThatKeepsComingDoesNotStarveBulk) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  const QueueId id = batcher.AddQueue({.max_batch_size = 1}, runner_).value();
  OccupyLane(batcher, id, runner_);
  ASSERT_EQ(batcher.Submit(id, Priority::kBulk, MakeJob(1000, {})),
            SubmitResult::kQueued);
  for (int i = 0; i < 2 * kTurnsPerLowerTurn; ++i) Submit(batcher, id, i);

  runner_.LetGo();
  batcher.Drain();

  // Behind the job that occupied the lane.
  EXPECT_THAT(runner_.batches()[kTurnsPerLowerTurn], ElementsAre(1000));
}

TEST_F(DynamicBatcherTest, NeverRunsACancelledJob) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  const QueueId id = batcher.AddQueue({}, runner_).value();
  OccupyLane(batcher, id, runner_);
  const JobPtr job = Submit(batcher, id, 1);
  Submit(batcher, id, 2);

  ASSERT_EQ(job->Cancel(), CancelOutcome::kCancelled);
  runner_.LetGo();
  batcher.Drain();

  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(-1), ElementsAre(2)));
  EXPECT_EQ(batcher.Stats(id)->cancelled, 1u);
}

TEST_F(DynamicBatcherTest, ExpiresAJobThatWaitedPastItsDeadline) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  const QueueId id = batcher.AddQueue({}, runner_).value();
  OccupyLane(batcher, id, runner_);
  const JobTimes times{.arrival = clock_.Now(),
                       .deadline = clock_.Now() + seconds(1)};
  ASSERT_EQ(batcher.Submit(id, Priority::kInteractive, MakeJob(1, times)),
            SubmitResult::kQueued);

  clock_.Advance(seconds(1));
  runner_.LetGo();
  batcher.Drain();

  EXPECT_THAT(runner_.expired(), ElementsAre(1));
  EXPECT_THAT(runner_.batches(), ElementsAre(ElementsAre(-1)));
}

TEST_F(DynamicBatcherTest, RefusesAJobForAFullRingAndLeavesItWaiting) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  const QueueId id = batcher.AddQueue({.capacity = 2}, runner_).value();
  OccupyLane(batcher, id, runner_);
  Submit(batcher, id, 1);
  Submit(batcher, id, 2);
  const JobPtr third = MakeJob(3, {.arrival = clock_.Now()});

  EXPECT_EQ(batcher.Submit(id, Priority::kInteractive, third),
            SubmitResult::kFull);

  EXPECT_EQ(third.use_count(), 1);
  EXPECT_TRUE(third->TryTake());
  runner_.LetGo();
}

TEST_F(DynamicBatcherTest, ARunnerMaySubmitMoreWork) {
  class Chain final : public BatchRunner {
   public:
    void Run(int, std::span<const JobPtr> batch) override {
      const int next = NumberOf(batch.front()) + 1;
      if (next > 5) return ended_.count_down();
      EXPECT_EQ(batcher->Submit(*id, Priority::kBulk, MakeJob(next, {})),
                SubmitResult::kQueued);
    }
    void Expire(const JobPtr&) override {}
    void AwaitEnd() { ended_.wait(); }

    DynamicBatcher* batcher = nullptr;
    std::optional<QueueId> id;

   private:
    std::latch ended_{1};
  } chain;
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  chain.batcher = &batcher;
  chain.id = batcher.AddQueue({}, chain);

  Submit(batcher, *chain.id, 1);

  chain.AwaitEnd();
  batcher.Drain();
  EXPECT_EQ(batcher.Stats(*chain.id)->jobs_run, 5u);
}

TEST_F(DynamicBatcherTest, SubmitNeverThrows) {
  static_assert(noexcept(std::declval<DynamicBatcher&>().Submit(
      std::declval<QueueId>(), Priority::kBulk, std::declval<JobPtr>())));
}

TEST_F(DynamicBatcherTest, EveryLaneStartsOnceOnTheThreadItRunsOn) {
  std::mutex mu;
  std::map<int, std::thread::id> started;
  BatcherOptions options{.lane_count = 3, .on_lane_start = [&](int lane) {
                           const std::lock_guard lock(mu);
                           EXPECT_FALSE(started.contains(lane));
                           started[lane] = std::this_thread::get_id();
                         }};
  DynamicBatcher batcher(options, clock_);
  const QueueId id = batcher.AddQueue({}, runner_).value();

  for (int i = 0; i < 10; ++i) Submit(batcher, id, i);
  batcher.Drain();

  EXPECT_EQ(started.size(), 3u);
  for (const RecordingRunner::Call& call : runner_.calls()) {
    EXPECT_EQ(call.thread, started.at(call.lane));
  }
}

TEST_F(DynamicBatcherTest, ControlWorkRunsOnceOnEachLanesThread) {
  DynamicBatcher batcher({.lane_count = 3}, clock_);
  std::mutex mu;
  std::vector<int> lanes;
  std::set<std::thread::id> threads;

  EXPECT_TRUE(batcher.RunOnEveryLane([&](int lane) {
    const std::lock_guard lock(mu);
    lanes.push_back(lane);
    threads.insert(std::this_thread::get_id());
  }));

  std::sort(lanes.begin(), lanes.end());
  EXPECT_THAT(lanes, ElementsAre(0, 1, 2));
  EXPECT_EQ(threads.size(), 3u);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
}

TEST_F(DynamicBatcherTest, ControlWorkRunsBetweenBatchesNotWithinOne) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  const QueueId id = batcher.AddQueue({}, runner_).value();
  OccupyLane(batcher, id, runner_);
  std::atomic<bool> let_go{false};
  bool ran_after_the_batch = false;
  std::jthread caller([&] {
    batcher.RunOnEveryLane([&](int) { ran_after_the_batch = let_go.load(); });
  });

  let_go = true;
  runner_.LetGo();

  caller.join();
  EXPECT_TRUE(ran_after_the_batch);
}

TEST_F(DynamicBatcherTest, ControlWorkFromManyThreadsRunsOneAfterTheOther) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  std::atomic<int> inside{0};
  std::atomic<int> runs{0};
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&] {
        for (int n = 0; n < 50; ++n) {
          EXPECT_TRUE(batcher.RunOnEveryLane([&](int) {
            EXPECT_EQ(inside.fetch_add(1), 0);
            runs.fetch_add(1);
            inside.fetch_sub(1);
          }));
        }
      });
    }
  }

  EXPECT_EQ(runs, 200);
}

TEST_F(DynamicBatcherTest, ControlWorkDoesNotDisturbJobsUnderWay) {
  DynamicBatcher batcher({.lane_count = 2}, clock_);
  const QueueId id = batcher.AddQueue({}, runner_).value();
  std::atomic<bool> done{false};
  int submitted = 0;
  std::jthread control([&] {
    for (int n = 0; n < 100; ++n) batcher.RunOnEveryLane([](int) {});
    done = true;
  });

  while (!done) {
    Submit(batcher, id, submitted++);
    runner_.AwaitJobs(static_cast<std::size_t>(submitted));
  }

  EXPECT_EQ(runner_.jobs_handled(), static_cast<std::size_t>(submitted));
}

TEST_F(DynamicBatcherTest, CountsBatchesBySize) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);
  const QueueId id = batcher.AddQueue({.max_batch_size = 3}, runner_).value();
  OccupyLane(batcher, id, runner_);
  for (int i = 1; i <= 7; ++i) Submit(batcher, id, i);
  EXPECT_EQ(batcher.Stats(id)->queued, 7u);

  runner_.LetGo();
  batcher.Drain();

  const QueueStats stats = batcher.Stats(id).value();
  EXPECT_EQ(stats.queued, 0u);
  EXPECT_EQ(stats.batches, 4u);
  EXPECT_EQ(stats.jobs_run, 8u);
  EXPECT_EQ(stats.batches_by_size[1], 2u);
  EXPECT_EQ(stats.batches_by_size[3], 2u);
}

TEST_F(DynamicBatcherTest, TellsHowManyLanesAreBusy) {
  DynamicBatcher batcher({.lane_count = 3}, clock_);
  const QueueId id = batcher.AddQueue({}, runner_).value();
  ASSERT_TRUE(batcher.RunOnEveryLane([](int) {}));
  OccupyLane(batcher, id, runner_);

  // The others may still be on their way out of the control work.
  while (batcher.Lanes().busy > 1) std::this_thread::yield();

  EXPECT_EQ(batcher.Lanes().lanes, 3);
  EXPECT_EQ(batcher.Lanes().busy, 1);
  runner_.LetGo();
}

TEST_F(DynamicBatcherTest, TellsHowLongEachLaneHasRunBatches) {
  DynamicBatcher batcher({.lane_count = 2}, clock_);
  const QueueId id = batcher.AddQueue({}, runner_).value();
  OccupyLane(batcher, id, runner_);
  clock_.Advance(milliseconds(3));
  OccupyLane(batcher, id, runner_);
  clock_.Advance(milliseconds(4));

  const LaneStats stats = batcher.Lanes();

  EXPECT_THAT(stats.busy_times,
              UnorderedElementsAre(milliseconds(7), milliseconds(4)));
  runner_.LetGo();
}

TEST_F(DynamicBatcherTest, ControlWorkIsNoBatch) {
  DynamicBatcher batcher({.lane_count = 1}, clock_);

  ASSERT_TRUE(
      batcher.RunOnEveryLane([&](int) { clock_.Advance(milliseconds(5)); }));

  EXPECT_THAT(batcher.Lanes().busy_times, ElementsAre(milliseconds(0)));
}

}  // namespace
}  // namespace wanwu::batching
