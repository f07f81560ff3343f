#include "batching/job.h"

#include <gtest/gtest.h>

#include <barrier>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace wanwu::batching {
namespace {

constexpr std::size_t kRaces = 20'000;

TEST(JobTest, IsWaitingAtFirst) {
  Job job({});

  EXPECT_FALSE(job.cancel_requested());
  EXPECT_TRUE(job.TryTake());
}

TEST(JobTest, HasNoDeadlineUnlessGivenOne) {
  const auto now = Clock::TimePoint(std::chrono::seconds(5));

  EXPECT_EQ(Job({.arrival = now}).deadline(), Clock::TimePoint::max());
  EXPECT_EQ(Job({.arrival = now, .deadline = now}).deadline(), now);
  EXPECT_EQ(Job({.arrival = now}).arrival(), now);
}

TEST(JobTest, IsTakenByOneOnly) {
  Job job({});
  ASSERT_TRUE(job.TryTake());

  EXPECT_FALSE(job.TryTake());
}

TEST(JobTest, CanBeTakenAgainAfterRelease) {
  Job job({});
  ASSERT_TRUE(job.TryTake());
  ASSERT_TRUE(job.TryRelease());

  EXPECT_TRUE(job.TryTake());
}

TEST(JobTest, CancelOfAWaitingJobMakesTheCancellerItsOwner) {
  Job job({});

  EXPECT_EQ(job.Cancel(), CancelOutcome::kCancelled);

  EXPECT_TRUE(job.cancel_requested());
  EXPECT_FALSE(job.TryTake());
}

TEST(JobTest, CancelOfATakenJobInformsItsOwner) {
  Job job({});
  ASSERT_TRUE(job.TryTake());

  EXPECT_EQ(job.Cancel(), CancelOutcome::kOwnerInformed);

  EXPECT_TRUE(job.cancel_requested());
  EXPECT_FALSE(job.TryRelease());
}

TEST(JobTest, OnlyTheFirstCancelCounts) {
  Job waiting({});
  ASSERT_EQ(waiting.Cancel(), CancelOutcome::kCancelled);
  Job taken({});
  ASSERT_TRUE(taken.TryTake());
  ASSERT_EQ(taken.Cancel(), CancelOutcome::kOwnerInformed);

  EXPECT_EQ(waiting.Cancel(), CancelOutcome::kAlreadyCancelled);
  EXPECT_EQ(taken.Cancel(), CancelOutcome::kAlreadyCancelled);
}

// Runs both sides at the same moment, `kRaces` times over.
void Race(const std::function<void(std::size_t)>& left,
          const std::function<void(std::size_t)>& right,
          const std::function<void()>& check) {
  std::barrier together(2);
  std::jthread other([&] {
    for (std::size_t i = 0; i < kRaces; ++i) {
      together.arrive_and_wait();
      right(i);
      together.arrive_and_wait();
    }
  });
  for (std::size_t i = 0; i < kRaces; ++i) {
    together.arrive_and_wait();
    left(i);
    together.arrive_and_wait();
    check();
  }
}

std::vector<JobPtr> MakeJobs() {
  std::vector<JobPtr> jobs;
  for (std::size_t i = 0; i < kRaces; ++i) {
    jobs.push_back(std::make_shared<Job>(JobTimes{}));
  }
  return jobs;
}

TEST(JobTest, ExactlyOneOfTakeAndCancelOwnsTheJob) {
  const std::vector<JobPtr> jobs = MakeJobs();
  bool taken = false;
  CancelOutcome outcome{};

  Race([&](std::size_t i) { taken = jobs[i]->TryTake(); },
       [&](std::size_t i) { outcome = jobs[i]->Cancel(); },
       [&] {
         ASSERT_EQ(taken, outcome == CancelOutcome::kOwnerInformed);
         ASSERT_EQ(!taken, outcome == CancelOutcome::kCancelled);
       });
}

TEST(JobTest, ExactlyOneOfTwoTakersOwnsTheJob) {
  const std::vector<JobPtr> jobs = MakeJobs();
  bool left = false;
  bool right = false;

  Race([&](std::size_t i) { left = jobs[i]->TryTake(); },
       [&](std::size_t i) { right = jobs[i]->TryTake(); },
       [&] { ASSERT_NE(left, right); });
}

TEST(JobTest, ExactlyOneOfReleaserAndCancellerOwnsTheJob) {
  const std::vector<JobPtr> jobs = MakeJobs();
  for (const JobPtr& job : jobs) ASSERT_TRUE(job->TryTake());
  bool released = false;
  CancelOutcome outcome{};

  Race([&](std::size_t i) { released = jobs[i]->TryRelease(); },
       [&](std::size_t i) { outcome = jobs[i]->Cancel(); },
       [&] {
         ASSERT_EQ(released, outcome == CancelOutcome::kCancelled);
         ASSERT_EQ(!released, outcome == CancelOutcome::kOwnerInformed);
       });
}

// The count is plain on purpose: ThreadSanitizer sees if the hand-over does not
// synchronise.
TEST(JobTest, TheNextOwnerSeesWhatTheLastOneWrote) {
  Job job({});
  std::size_t count = 0;
  const auto own_many_times = [&] {
    for (std::size_t i = 0; i < kRaces; ++i) {
      while (!job.TryTake()) std::this_thread::yield();
      ++count;
      ASSERT_TRUE(job.TryRelease());
    }
  };

  std::jthread other(own_many_times);
  own_many_times();
  other.join();

  EXPECT_EQ(count, 2 * kRaces);
}

TEST(JobTest, ExactlyOneOfTwoCancellersIsFirst) {
  const std::vector<JobPtr> jobs = MakeJobs();
  CancelOutcome left{};
  CancelOutcome right{};

  Race([&](std::size_t i) { left = jobs[i]->Cancel(); },
       [&](std::size_t i) { right = jobs[i]->Cancel(); },
       [&] {
         ASSERT_NE(left == CancelOutcome::kCancelled,
                   right == CancelOutcome::kCancelled);
       });
}

}  // namespace
}  // namespace wanwu::batching
