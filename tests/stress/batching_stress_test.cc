#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <semaphore>
#include <span>
#include <thread>
#include <vector>

#include "batching/bounded_mpmc_queue.h"
#include "batching/dynamic_batcher.h"

namespace wanwu::batching {
namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int kScale = 4;  // Sanitizers make each step that much dearer.
#else
constexpr int kScale = 1;
#endif

constexpr int kProducers = 8;
constexpr int kCancellers = 2;
constexpr int kLanes = 4;
constexpr int kJobsPerProducer = 40'000 / kScale;
constexpr int kInFlightPerProducer = 64;

enum class Ending { kRun, kExpired, kCancelled, kRefused };

// What became of all jobs. Each job reports here exactly once, or a test fails.
struct Tally {
  std::array<std::atomic<int>, 4> by_ending{};

  int operator[](Ending ending) const {
    return by_ending[static_cast<std::size_t>(ending)];
  }
};

class StressJob final : public Job {
 public:
  StressJob(const JobTimes& times, Tally& tally,
            std::counting_semaphore<>& in_flight)
      : Job(times), tally_(tally), in_flight_(in_flight) {}

  void Finish(Ending ending) {
    EXPECT_EQ(finished_.fetch_add(1), 0);
    tally_.by_ending[static_cast<std::size_t>(ending)].fetch_add(1);
    in_flight_.release();
  }

  // Plain on purpose: handed from thread to thread with the job, so that
  // ThreadSanitizer sees if the hand-over does not synchronise.
  int touched_by_owner = 0;

 private:
  Tally& tally_;
  std::counting_semaphore<>& in_flight_;
  std::atomic<int> finished_{0};
};

void Finish(const JobPtr& job, Ending ending) {
  auto& stress_job = static_cast<StressJob&>(*job);
  ++stress_job.touched_by_owner;
  stress_job.Finish(ending);
}

class StressRunner final : public BatchRunner {
 public:
  explicit StressRunner(int max_batch_size) : max_batch_size_(max_batch_size) {}

  void Run(int lane, std::span<const JobPtr> batch) override {
    EXPECT_TRUE(lane >= 0 && lane < kLanes);
    EXPECT_GE(batch.size(), 1u);
    EXPECT_LE(batch.size(), static_cast<std::size_t>(max_batch_size_));
    for (const JobPtr& job : batch) {
      Finish(job, job->cancel_requested() ? Ending::kCancelled : Ending::kRun);
      jobs_seen.fetch_add(1);
    }
  }

  void Expire(const JobPtr& job) override { Finish(job, Ending::kExpired); }

  std::atomic<std::uint64_t> jobs_seen{0};

 private:
  const int max_batch_size_;
};

class BatchingStressTest : public ::testing::Test {
 protected:
  BatchingStressTest() {
    for (int i = 0; i < kProducers; ++i) in_flight_.emplace_back(0);
  }

  using CancelRing = BoundedMpmcQueue<JobPtr>;

  void AddModel(const QueueOptions& options) {
    runners_.emplace_back(options.max_batch_size);
    models_.push_back(batcher_.AddQueue(options, runners_.back()).value());
  }

  void Produce(unsigned producer) {
    std::minstd_rand random(producer + 1);
    std::counting_semaphore<>& in_flight = in_flight_[producer];
    in_flight.release(kInFlightPerProducer);
    for (int i = 0; i < kJobsPerProducer; ++i) {
      in_flight.acquire();
      SubmitOne(MakeJob(random, in_flight), random);
    }
    for (int i = 0; i < kInFlightPerProducer; ++i) in_flight.acquire();
  }

  void CancelUntilProduced() {
    while (!produced_) {
      if (const auto job = to_cancel_.TryPop()) {
        CancelOne(*job);
      } else {
        std::this_thread::yield();
      }
    }
  }

  SteadyClock clock_;
  Tally tally_;
  // Here rather than in the producers: a lane may still be inside release()
  // when the producer is done.
  std::deque<std::counting_semaphore<>> in_flight_;
  std::deque<StressRunner> runners_;
  std::vector<QueueId> models_;
  CancelRing to_cancel_{256};
  std::atomic<bool> produced_{false};
  DynamicBatcher batcher_{{.lane_count = kLanes}, clock_};

 private:
  JobPtr MakeJob(std::minstd_rand& random,
                 std::counting_semaphore<>& in_flight) {
    JobTimes times{.arrival = clock_.Now()};
    // One in eight can hardly be in time, the others have all the time.
    if (random() % 8 == 0) {
      times.deadline = times.arrival + std::chrono::microseconds(20);
    }
    return std::make_shared<StressJob>(times, tally_, in_flight);
  }

  static void CancelOne(const JobPtr& job) {
    if (job->Cancel() == CancelOutcome::kCancelled) {
      Finish(job, Ending::kCancelled);
    }
  }

  void SubmitOne(const JobPtr& job, std::minstd_rand& random) {
    const QueueId model = models_[random() % models_.size()];
    const auto priority =
        random() % 3 == 0 ? Priority::kBulk : Priority::kInteractive;
    // Before submission, so that cancellation meets every stage of its life.
    const bool is_offered = random() % 4 == 0 &&
                            to_cancel_.TryPush(JobPtr(job), Clock::TimePoint());
    if (!is_offered) ++static_cast<StressJob&>(*job).touched_by_owner;
    if (batcher_.Submit(model, priority, job) != SubmitResult::kQueued) {
      if (job->TryTake()) Finish(job, Ending::kRefused);
    } else if (random() % 6 == 0) {
      CancelOne(job);
    }
  }
};

TEST_F(BatchingStressTest, EveryJobEndsExactlyOnceUnderLoad) {
  AddModel({.capacity = 128, .max_batch_size = 8});
  AddModel({.capacity = 128, .max_batch_size = 1});
  AddModel({.capacity = 128,
            .max_batch_size = 4,
            .max_queue_delay = std::chrono::microseconds(100)});
  {
    std::vector<std::jthread> cancellers;
    for (int i = 0; i < kCancellers; ++i) {
      cancellers.emplace_back([this] { CancelUntilProduced(); });
    }
    std::vector<std::jthread> producers;
    for (unsigned i = 0; i < kProducers; ++i) {
      producers.emplace_back([this, i] { Produce(i); });
    }
    producers.clear();
    produced_ = true;
  }
  batcher_.Drain();

  EXPECT_EQ(tally_[Ending::kRun] + tally_[Ending::kExpired] +
                tally_[Ending::kCancelled] + tally_[Ending::kRefused],
            kProducers * kJobsPerProducer);
  EXPECT_GT(tally_[Ending::kRun], 0);
  EXPECT_GT(tally_[Ending::kExpired], 0);
  EXPECT_GT(tally_[Ending::kCancelled], 0);
  std::uint64_t expired = 0;
  for (std::size_t i = 0; i < models_.size(); ++i) {
    const QueueStats stats = batcher_.Stats(models_[i]).value();
    EXPECT_EQ(stats.queued, 0u);
    EXPECT_EQ(stats.jobs_run, runners_[i].jobs_seen);
    expired += stats.expired;
  }
  EXPECT_EQ(expired, static_cast<std::uint64_t>(tally_[Ending::kExpired]));
}

// With one job at a time lanes park and wake for each: a lost wake-up shows as
// a test that does not end.
TEST_F(BatchingStressTest, NoWakeUpIsLostWhenLanesParkAfterEveryJob) {
  AddModel({.capacity = 8, .max_batch_size = 8});
  AddModel({.capacity = 8, .max_batch_size = 8});
  constexpr int kRounds = 20'000 / kScale;
  {
    std::vector<std::jthread> producers;
    for (std::size_t i = 0; i < 2; ++i) {
      producers.emplace_back([this, i] {
        std::counting_semaphore<>& in_flight = in_flight_[i];
        for (int n = 0; n < kRounds; ++n) {
          const auto job = std::make_shared<StressJob>(
              JobTimes{.arrival = clock_.Now()}, tally_, in_flight);
          ASSERT_EQ(batcher_.Submit(models_[i], Priority::kInteractive, job),
                    SubmitResult::kQueued);
          in_flight.acquire();
        }
      });
    }
  }

  EXPECT_EQ(tally_[Ending::kRun], 2 * kRounds);
}

TEST_F(BatchingStressTest, ModelsComeAndGoUnderLoad) {
  AddModel({.capacity = 64, .max_batch_size = 8});
  std::atomic<bool> done{false};
  std::uint64_t visits = 0;
  std::jthread churn([&] {
    std::counting_semaphore<>& in_flight = in_flight_.back();
    while (!done || visits == 0) {
      StressRunner runner(2);
      const auto id = batcher_.AddQueue({.max_batch_size = 2}, runner);
      ASSERT_TRUE(id.has_value());
      const auto job = std::make_shared<StressJob>(
          JobTimes{.arrival = clock_.Now()}, tally_, in_flight);
      ASSERT_EQ(batcher_.Submit(*id, Priority::kBulk, job),
                SubmitResult::kQueued);
      batcher_.RemoveQueue(*id);
      ASSERT_TRUE(in_flight.try_acquire());
      ++visits;
    }
  });
  {
    std::vector<std::jthread> producers;
    for (unsigned i = 0; i < 2; ++i) {
      producers.emplace_back([this, i] { Produce(i); });
    }
  }
  done = true;
  churn.join();

  EXPECT_EQ(tally_[Ending::kRun] + tally_[Ending::kExpired] +
                tally_[Ending::kCancelled] + tally_[Ending::kRefused],
            2 * kJobsPerProducer + static_cast<int>(visits));
}

}  // namespace
}  // namespace wanwu::batching
