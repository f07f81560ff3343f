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

AdmissionTicket Admit(Admission& admission) {
  return *admission.TryAdmit({.encoded_bytes = 10,
                              .now = batching::Clock::TimePoint{},
                              .deadline = batching::Clock::TimePoint::max()});
}

TEST(ClassifyJobTest, FinishTellsTheListenerOnceWithTheOutcome) {
  TrackedJob tracked(nullptr, Encoded(PictureOf(1)));

  tracked.job()->Finish(absl::InternalError("broken"));

  EXPECT_EQ(tracked.times_done(), 1);
  EXPECT_EQ(tracked.Await().status().message(), "broken");
}

TEST(ClassifyJobTest, FinishLetsGoOfThePictureAndThePlace) {
  Admission admission({});
  Counter released;
  TrackedJob tracked(nullptr, Encoded(PictureOf(1), released));
  tracked.job()->Admit(Admit(admission));

  tracked.job()->Finish(JobAnswer{});

  EXPECT_EQ(released.count(), 1);
  EXPECT_EQ(admission.jobs(), 0);
  EXPECT_EQ(admission.bytes(), 0);
}

TEST(ClassifyJobTest, DecodedPictureReplacesTheEncodedOne) {
  Admission admission({});
  DecodeAhead ahead([] {});
  Counter released;
  TrackedJob tracked(nullptr, Encoded(PictureOf(1), released));
  tracked.job()->Admit(Admit(admission));

  tracked.job()->SetDecoded({1, 1, {1, 2, 3}}, ahead.TryAcquire());

  EXPECT_EQ(released.count(), 1);
  EXPECT_EQ(admission.bytes(), 0);
  EXPECT_EQ(admission.jobs(), 1);
  EXPECT_FALSE(ahead.available());
  EXPECT_EQ(tracked.job()->tensor().values.size(), 3u);
  tracked.job()->Finish(JobAnswer{});
}

TEST(ClassifyJobTest, FinishGivesTheDecodeCreditBack) {
  DecodeAhead ahead([] {});
  TrackedJob tracked(nullptr, Encoded(PictureOf(1)));
  tracked.job()->SetDecoded({1, 1, {1, 2, 3}}, ahead.TryAcquire());

  tracked.job()->Finish(JobAnswer{});

  EXPECT_TRUE(ahead.available());
}

TEST(ClassifyJobTest, EverythingIsGivenBackBeforeTheListenerIsTold) {
  struct Watcher final : JobListener {
    explicit Watcher(Admission& from) : admission(from) {}
    void OnJobDone() noexcept override { jobs_then = admission.jobs(); }
    Admission& admission;
    int64_t jobs_then = -1;
  };
  Admission admission({});
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
