#include "batching/queue_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::batching {
namespace {

using ::testing::Eq;
using ::testing::Optional;

constexpr Clock::TimePoint kAtOnce = Clock::TimePoint::min();

Clock::TimePoint At(int seconds) {
  return Clock::TimePoint(std::chrono::seconds(seconds));
}

TEST(QueueChoiceTest, ChoosesNothingFromNothing) {
  const QueueChoice choice(At(10));

  EXPECT_THAT(choice.slot(), Eq(std::nullopt));
  EXPECT_EQ(choice.next_ready_at(), Clock::TimePoint::max());
  EXPECT_FALSE(choice.others_have_jobs());
}

TEST(QueueChoiceTest, ChoosesTheQueueWithTheOldestHead) {
  QueueChoice choice(At(10));

  choice.Consider(0, {.rank = At(5), .ready_at = kAtOnce});
  choice.Consider(1, {.rank = At(3), .ready_at = kAtOnce});
  choice.Consider(2, {.rank = At(4), .ready_at = kAtOnce});

  EXPECT_THAT(choice.slot(), Optional(1u));
  EXPECT_TRUE(choice.others_have_jobs());
}

TEST(QueueChoiceTest, PassesOverAnOlderQueueThatStillWaitsForCompany) {
  QueueChoice choice(At(10));

  choice.Consider(0, {.rank = At(1), .ready_at = At(12)});
  choice.Consider(1, {.rank = At(5), .ready_at = At(10)});
  choice.Consider(2, {.rank = At(2), .ready_at = At(11)});

  EXPECT_THAT(choice.slot(), Optional(1u));
  EXPECT_EQ(choice.next_ready_at(), At(11));
}

TEST(QueueChoiceTest, AQueueThatOnlyWaitsCountsAsHavingJobs) {
  QueueChoice choice(At(10));

  choice.Consider(0, {.rank = At(1), .ready_at = At(12)});

  EXPECT_THAT(choice.slot(), Eq(std::nullopt));
  EXPECT_TRUE(choice.others_have_jobs());
}

TEST(QueueChoiceTest, TheChosenQueueAloneIsNoOther) {
  QueueChoice choice(At(10));

  choice.Consider(3, {.rank = At(1), .ready_at = kAtOnce});

  EXPECT_FALSE(choice.others_have_jobs());
}

}  // namespace
}  // namespace wanwu::batching
