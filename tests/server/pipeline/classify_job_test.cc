#include "server/pipeline/classify_job.h"

#include <memory>
#include <utility>

#include "gtest/gtest.h"
#include "tests/support/gate.h"
#include "tests/support/pictures.h"
#include "tests/support/tracked_job.h"

namespace wanwu::pipeline {
namespace {

using test_support::Counter;
using test_support::Encoded;
using test_support::PictureOf;
using test_support::TrackedJob;

const batching::SteadyClock kClock;

AdmissionTicket Admit(Admission& admission) {
  return *admission.TryAdmit({.bytes = 10});
}

DecodeCredit Credit(bool& held) {
  held = true;
  return DecodeCredit([&held] { held = false; });
}

TEST(ClassifyJobTest, FinishTellsTheListenerOnceWithTheOutcome) {
  TrackedJob tracked(nullptr, Encoded(PictureOf(1)));

  tracked.job()->Finish(absl::InternalError("broken"));

  EXPECT_EQ(tracked.times_done(), 1);
  EXPECT_EQ(tracked.Await().status().message(), "broken");
}

TEST(ClassifyJobTest, FinishLetsGoOfThePictureAndThePlace) {
  Admission admission({}, kClock);
  Counter released;
  TrackedJob tracked(nullptr, Encoded(PictureOf(1), released));
  tracked.job()->Admit(Admit(admission));

  tracked.job()->Finish(JobAnswer{});

  EXPECT_EQ(released.count(), 1);
  EXPECT_EQ(admission.jobs(), 0);
  EXPECT_EQ(admission.bytes(), 0);
}

TEST(ClassifyJobTest, DecodedPictureReplacesTheEncodedOne) {
  Admission admission({}, kClock);
  bool credit_held = false;
  Counter released;
  TrackedJob tracked(nullptr, Encoded(PictureOf(1), released));
  tracked.job()->Admit(Admit(admission));

  tracked.job()->SetDecoded({1, 1, {1, 2, 3}}, Credit(credit_held));

  EXPECT_EQ(released.count(), 1);
  EXPECT_EQ(admission.bytes(), 0);
  EXPECT_EQ(admission.jobs(), 1);
  EXPECT_TRUE(credit_held);
  EXPECT_EQ(tracked.job()->tensor().values.size(), 3u);
  tracked.job()->Finish(JobAnswer{});
}

TEST(ClassifyJobTest, DecodedPictureLargerThanPixelsCountsUntilTheEnd) {
  Admission admission({}, kClock);
  TrackedJob tracked(nullptr, Encoded(PictureOf(1)));
  tracked.job()->Admit(Admit(admission));

  tracked.job()->SetDecoded(
      {.width = 1, .height = 1, .prepared = {1, 2, 3, 4, 5, 6}}, {});

  EXPECT_EQ(admission.bytes(), 10);
  tracked.job()->Finish(JobAnswer{});
  EXPECT_EQ(admission.bytes(), 0);
}

TEST(ClassifyJobTest, FinishGivesTheDecodeCreditBack) {
  bool credit_held = false;
  TrackedJob tracked(nullptr, Encoded(PictureOf(1)));
  tracked.job()->SetDecoded({1, 1, {1, 2, 3}}, Credit(credit_held));

  tracked.job()->Finish(JobAnswer{});

  EXPECT_FALSE(credit_held);
}

TEST(ClassifyJobTest, EverythingIsGivenBackBeforeTheListenerIsTold) {
  struct Watcher final : JobListener {
    explicit Watcher(Admission& from) : admission(from) {}
    void OnJobDone() noexcept override { jobs_then = admission.jobs(); }
    Admission& admission;
    int64_t jobs_then = -1;
  };
  Admission admission({}, kClock);
  Watcher watcher(admission);
  ClassifyJob job(
      {.model = nullptr, .picture = Encoded(PictureOf(1)), .times = {}},
      watcher);
  job.Admit(Admit(admission));

  job.Finish(JobAnswer{});

  EXPECT_EQ(watcher.jobs_then, 0);
}

}  // namespace
}  // namespace wanwu::pipeline
