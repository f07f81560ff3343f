#include "server/pipeline/admission.h"

#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "tests/support/fake_clock.h"

namespace wanwu::pipeline {
namespace {

using batching::Clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Clock::TimePoint kPast = Clock::TimePoint::min();
const test_support::FakeClock kClock;
const Clock::TimePoint kNow = kClock.Now();

AdmissionRequest Request(int64_t bytes = 0) { return {.bytes = bytes}; }

AdmissionRequest CostlyRequest(milliseconds work) {
  AdmissionRequest request = Request();
  request.work = work;
  return request;
}

TEST(AdmissionTest, AdmitsAsManyJobsAsTheLimit) {
  Admission admission({.max_jobs = 2}, kClock);

  const auto first = admission.TryAdmit(Request());
  const auto second = admission.TryAdmit(Request());
  const auto third = admission.TryAdmit(Request());

  EXPECT_TRUE(first.ok());
  EXPECT_TRUE(second.ok());
  EXPECT_EQ(third.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(errors::Reason(third.status()), errors::kQueueFull);
  EXPECT_EQ(admission.jobs(), 2);
}

TEST(AdmissionTest, FullQueueNamesTheLimitAndWhenToRetry) {
  Admission admission({.max_jobs = 1}, kClock);
  const auto first = admission.TryAdmit(CostlyRequest(milliseconds(80)));

  const absl::Status refused = admission.TryAdmit(Request()).status();

  const errors::Metadata metadata = errors::ErrorMetadata(refused);
  EXPECT_EQ(metadata.at("limit"), "1");
  EXPECT_EQ(metadata.at("value"), "1");
  EXPECT_EQ(metadata.at("retry_delay_ms"), "40");
}

TEST(AdmissionTest, RetryDelayIsAtLeastOneMillisecond) {
  Admission admission({.max_jobs = 0}, kClock);

  const absl::Status refused = admission.TryAdmit(Request()).status();

  EXPECT_EQ(errors::ErrorMetadata(refused).at("retry_delay_ms"), "1");
}

TEST(AdmissionTest, CountsWhoAskedAndWhoEntered) {
  Admission admission({.max_jobs = 1}, kClock);

  const auto first = admission.TryAdmit(Request());
  const auto refused = admission.TryAdmit(Request());

  EXPECT_EQ(admission.requests(), 2);
  EXPECT_EQ(admission.admitted(), 1);
}

TEST(AdmissionTest, SeveralJobsEnterTogetherOrNotAtAll) {
  Admission admission({.max_jobs = 4, .max_bytes = 100}, kClock);
  const auto first = admission.TryAdmit(Request());
  const std::vector<AdmissionRequest> four(4, Request(10));
  const std::vector<AdmissionRequest> large(2, Request(60));
  const std::vector<AdmissionRequest> two(2, Request(10));

  const absl::Status full = admission.TryAdmitAll(four).status();
  const absl::Status bytes_full = admission.TryAdmitAll(large).status();

  EXPECT_EQ(errors::Reason(full), errors::kQueueFull);
  EXPECT_EQ(errors::Reason(bytes_full), errors::kQueueBytesFull);
  EXPECT_EQ(admission.jobs(), 1);
  EXPECT_EQ(admission.requests(), 7);
  EXPECT_EQ(admission.admitted(), 1);
  {
    const auto tickets = admission.TryAdmitAll(two);
    ASSERT_TRUE(tickets.ok());
    EXPECT_EQ(tickets->size(), 2u);
    EXPECT_EQ(admission.jobs(), 3);
    EXPECT_EQ(admission.bytes(), 20);
  }
  EXPECT_EQ(admission.jobs(), 1);
}

TEST(AdmissionTest, LastOfSeveralJobsWaitsForTheOthers) {
  Admission admission({.cpus = 1}, kClock);
  std::vector<AdmissionRequest> four(4, CostlyRequest(milliseconds(10)));
  const auto enter_within = [&](milliseconds deadline) {
    for (AdmissionRequest& request : four) request.deadline = kNow + deadline;
    return admission.TryAdmitAll(four).ok();
  };

  // 30 ms, and half as much again for safety.
  EXPECT_FALSE(enter_within(milliseconds(44)));
  EXPECT_TRUE(enter_within(milliseconds(46)));
}

TEST(AdmissionTest, AsManyAsMostTogetherFindRoomAtAnyPriority) {
  for (const int64_t places : {1, 2, 3, 4, 5, 64, 1001}) {
    Admission admission({.max_jobs = places}, kClock);
    AdmissionRequest bulk = Request();
    bulk.share.priority = batching::Priority::kBulk;
    const auto most = static_cast<size_t>(admission.most_together());

    EXPECT_TRUE(
        admission.TryAdmitAll(std::vector<AdmissionRequest>(most, bulk)).ok())
        << places;
    EXPECT_FALSE(
        admission.TryAdmitAll(std::vector<AdmissionRequest>(most + 1, bulk))
            .ok())
        << places;
  }
}

TEST(AdmissionTest, WaitOfAModelCountsOthersOnlyUpToItsOwnWork) {
  Admission admission({.cpus = 1}, kClock);
  const auto* const small = reinterpret_cast<const ServedModel*>(1);
  const auto* const big = reinterpret_cast<const ServedModel*>(2);
  AdmissionRequest request = CostlyRequest(milliseconds(10));
  request.share.model = small;
  const auto first = admission.TryAdmit(request);
  request = CostlyRequest(milliseconds(70));
  request.share.model = big;
  const auto second = admission.TryAdmit(request);

  EXPECT_EQ(admission.EstimatedWait(*small), milliseconds(20));
  EXPECT_EQ(admission.EstimatedWait(*big), milliseconds(80));
  EXPECT_EQ(admission.EstimatedWait(), milliseconds(80));
  EXPECT_EQ(admission.jobs(*small), 1);
}

TEST(AdmissionTest, AdmitsUpToTheByteLimitInclusive) {
  Admission admission({.max_bytes = 100}, kClock);

  const auto first = admission.TryAdmit(Request(60));
  const auto too_much = admission.TryAdmit(Request(41));
  const auto fits = admission.TryAdmit(Request(40));

  EXPECT_TRUE(first.ok());
  EXPECT_EQ(errors::Reason(too_much.status()), errors::kQueueBytesFull);
  EXPECT_EQ(too_much.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(fits.ok());
  EXPECT_EQ(admission.bytes(), 100);
}

TEST(AdmissionTest, JobRefusedForItsBytesLeavesNothingBehind) {
  Admission admission({.max_bytes = 10}, kClock);
  AdmissionRequest request = Request(11);
  request.work = seconds(1);

  ASSERT_FALSE(admission.TryAdmit(request).ok());

  EXPECT_EQ(admission.jobs(), 0);
  EXPECT_EQ(admission.bytes(), 0);
  EXPECT_EQ(admission.EstimatedWait(), Clock::Duration::zero());
}

TEST(AdmissionTest, TicketGivesItsPlaceBackOnDestruction) {
  Admission admission({.max_jobs = 1}, kClock);
  { const auto ticket = admission.TryAdmit(Request(5)); }

  EXPECT_EQ(admission.jobs(), 0);
  EXPECT_EQ(admission.bytes(), 0);
  EXPECT_TRUE(admission.TryAdmit(Request()).ok());
}

TEST(AdmissionTest, ReleasingBytesKeepsThePlace) {
  Admission admission({.max_bytes = 10}, kClock);
  auto ticket = admission.TryAdmit(Request(10));
  ASSERT_TRUE(ticket.ok());

  ticket->ReleaseBytes();

  EXPECT_EQ(admission.bytes(), 0);
  EXPECT_EQ(admission.jobs(), 1);
}

TEST(AdmissionTest, ReleasingTwiceCountsOnce) {
  Admission admission({}, kClock);
  const auto other = admission.TryAdmit(Request(3));
  auto ticket = admission.TryAdmit(Request(5));
  ASSERT_TRUE(ticket.ok());

  ticket->ReleaseBytes();
  ticket->ReleaseBytes();
  ticket->Release({});
  ticket->Release({});

  EXPECT_EQ(admission.jobs(), 1);
  EXPECT_EQ(admission.bytes(), 3);
}

TEST(AdmissionTest, MovedTicketIsReleasedOnce) {
  Admission admission({}, kClock);
  auto ticket = admission.TryAdmit(Request(5));
  ASSERT_TRUE(ticket.ok());
  {
    const AdmissionTicket moved = *std::move(ticket);
    EXPECT_EQ(admission.jobs(), 1);
  }

  EXPECT_EQ(admission.jobs(), 0);
  EXPECT_EQ(admission.bytes(), 0);
}

TEST(AdmissionTest, AssigningAnEmptyTicketReleasesTheOldOne) {
  Admission admission({}, kClock);
  auto ticket = admission.TryAdmit(Request(5));
  ASSERT_TRUE(ticket.ok());
  AdmissionTicket held = *std::move(ticket);

  held = AdmissionTicket();

  EXPECT_EQ(admission.jobs(), 0);
}

TEST(AdmissionTest, RefusesADeadlineThatHasPassed) {
  Admission admission({}, kClock);
  AdmissionRequest request = Request();
  for (const Clock::TimePoint deadline : {kNow, kNow - seconds(1), kPast}) {
    request.deadline = deadline;

    const absl::Status refused = admission.TryAdmit(request).status();

    EXPECT_EQ(refused.code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_EQ(errors::Reason(refused), errors::kDeadlineExceeded);
  }
}

// Two jobs of 100 ms on two CPUs take 100 ms; the wait may turn out half as
// long again.
TEST(AdmissionTest, RefusesADeadlineThatTheWorkAheadMakesUnreachable) {
  Admission admission({.cpus = 2}, kClock);
  const auto first = admission.TryAdmit(CostlyRequest(milliseconds(100)));
  const auto second = admission.TryAdmit(CostlyRequest(milliseconds(100)));
  AdmissionRequest request = Request();
  request.service_time = milliseconds(20);

  request.deadline = kNow + milliseconds(169);
  const absl::Status refused = admission.TryAdmit(request).status();
  request.deadline = kNow + milliseconds(170);
  const auto admitted = admission.TryAdmit(request);

  EXPECT_EQ(refused.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(errors::Reason(refused), errors::kDeadlineUnreachable);
  EXPECT_EQ(errors::ErrorMetadata(refused).at("estimated_ms"), "120");
  EXPECT_EQ(errors::ErrorMetadata(refused).at("remaining_ms"), "169");
  EXPECT_TRUE(admitted.ok());
}

TEST(AdmissionTest, RefusesAWaitBeyondItsLimitWithoutADeadlineToo) {
  Admission admission({.max_wait = milliseconds(100)}, kClock);
  const auto first = admission.TryAdmit(CostlyRequest(milliseconds(100)));
  const auto second = admission.TryAdmit(CostlyRequest(milliseconds(1)));

  const absl::Status refused = admission.TryAdmit(Request()).status();

  EXPECT_TRUE(second.ok());
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(errors::Reason(refused), errors::kQueueWaitTooLong);
  EXPECT_EQ(errors::ErrorMetadata(refused).at("value"), "101");
  EXPECT_EQ(errors::ErrorMetadata(refused).at("limit"), "100");
  EXPECT_EQ(errors::ErrorMetadata(refused).at("retry_delay_ms"), "50");
}

TEST(AdmissionTest, EstimatedWaitIsTheWorkSharedByTheCpus) {
  Admission admission({.cpus = 4}, kClock);
  std::vector<absl::StatusOr<AdmissionTicket>> tickets;
  for (int i = 0; i < 10; ++i) {
    tickets.push_back(admission.TryAdmit(CostlyRequest(milliseconds(6))));
  }

  EXPECT_EQ(admission.EstimatedWait(), milliseconds(15));
  tickets.clear();
  EXPECT_EQ(admission.EstimatedWait(), Clock::Duration::zero());
}

// Ten times slower than the estimates of the work say.
TEST(AdmissionTest, WaitsFollowWhatIsObserved) {
  test_support::FakeClock clock;
  Admission admission({.cpus = 1, .busy_jobs = 1}, clock);
  std::vector<AdmissionTicket> tickets;
  for (int i = 0; i < 31; ++i) {
    tickets.push_back(*admission.TryAdmit(CostlyRequest(milliseconds(10))));
  }
  EXPECT_EQ(admission.EstimatedWait(), milliseconds(310));

  for (int i = 0; i < 20; ++i) {
    clock.Advance(milliseconds(100));
    tickets.back().Release(milliseconds(10));
    tickets.pop_back();
  }

  EXPECT_GT(admission.EstimatedWait(), milliseconds(1000));
  EXPECT_LT(admission.EstimatedWait(), milliseconds(1150));
}

TEST(AdmissionTest, CountsWhoAsks) {
  Admission admission({.max_jobs = 1}, kClock);
  const auto first = admission.TryAdmit(Request());
  const auto refused = admission.TryAdmit(Request());

  EXPECT_EQ(admission.requests(), 2);
}

TEST(AdmissionTest, ClosedAdmitsNothingAndSaysWhenToRetry) {
  Admission admission({}, kClock);

  admission.Close();
  const absl::Status refused = admission.TryAdmit(Request()).status();

  EXPECT_TRUE(admission.closed());
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(errors::Reason(refused), errors::kDraining);
  EXPECT_EQ(errors::ErrorMetadata(refused).at("retry_delay_ms"), "1000");
}

TEST(AdmissionTest, WaitUntilIdleReturnsAtOnceWithoutJobs) {
  Admission admission({}, kClock);
  admission.Close();

  EXPECT_TRUE(admission.WaitUntilIdle(Clock::TimePoint{}));
}

TEST(AdmissionTest, WaitUntilIdleGivesUpAtTheDeadline) {
  Admission admission({}, kClock);
  const auto ticket = admission.TryAdmit(Request());
  admission.Close();

  EXPECT_FALSE(admission.WaitUntilIdle(Clock::TimePoint{}));
}

TEST(AdmissionTest, WaitUntilIdleReturnsOnceTheLastJobIsReleased) {
  Admission admission({}, kClock);
  std::optional<AdmissionTicket> first = *admission.TryAdmit(Request());
  std::optional<AdmissionTicket> second = *admission.TryAdmit(Request());
  admission.Close();

  std::thread releaser([&] {
    first.reset();
    second.reset();
  });

  EXPECT_TRUE(admission.WaitUntilIdle(Clock::TimePoint::max()));
  releaser.join();
  EXPECT_EQ(admission.jobs(), 0);
}

TEST(AdmissionTest, NeverExceedsItsLimitsUnderManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 2000;
  Admission admission({.max_jobs = 3, .max_bytes = 20}, kClock);
  std::vector<std::thread> threads;
  std::atomic<int> violations{0};
  std::atomic<int> held{0};
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        const auto ticket = admission.TryAdmit(Request(10));
        if (!ticket.ok()) continue;
        if (held.fetch_add(1) >= 2) ++violations;
        held.fetch_sub(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(violations, 0);
  EXPECT_EQ(admission.jobs(), 0);
  EXPECT_EQ(admission.bytes(), 0);
  EXPECT_EQ(admission.EstimatedWait(), Clock::Duration::zero());
}

TEST(AdmissionTest, AfterCloseAndIdleNobodySlipsIn) {
  for (int round = 0; round < 200; ++round) {
    Admission admission({}, kClock);
    std::atomic<bool> idle{false};
    std::atomic<int> late{0};
    std::thread submitter([&] {
      while (!idle.load()) {
        const auto ticket = admission.TryAdmit(Request());
        if (ticket.ok() && idle.load()) ++late;
      }
      if (admission.TryAdmit(Request()).ok()) ++late;
    });
    admission.Close();
    ASSERT_TRUE(admission.WaitUntilIdle(Clock::TimePoint::max()));
    idle.store(true);
    submitter.join();
    ASSERT_EQ(late, 0);
  }
}

}  // namespace
}  // namespace wanwu::pipeline
