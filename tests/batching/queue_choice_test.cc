#include "batching/queue_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace wanwu::batching {
namespace {

using ::testing::Eq;
using ::testing::Optional;

constexpr Clock::TimePoint kAtOnce = Clock::TimePoint::min();

Clock::TimePoint At(int seconds) {
  return Clock::TimePoint(std::chrono::seconds(seconds));
}

QueueView Interactive(int oldest, std::int64_t served_ns = 0,
                      Clock::TimePoint ready_at = kAtOnce) {
  return {.oldest_interactive = At(oldest),
          .ready_at = ready_at,
          .served_ns = served_ns};
}

std::optional<std::size_t> SlotOf(const QueueChoice& choice,
                                  BatchKind kind = BatchKind::kInteractive) {
  const auto& best = choice.best(kind);
  return best ? std::optional(best->slot) : std::nullopt;
}

TEST(QueueChoiceTest, ChoosesNothingFromNothing) {
  const QueueChoice choice(At(10), 0);

  EXPECT_FALSE(choice.any());
  EXPECT_EQ(choice.next_ready_at(), Clock::TimePoint::max());
  EXPECT_FALSE(choice.others_have_jobs());
}

TEST(QueueChoiceTest, ChoosesTheQueueThatWasServedLeast) {
  QueueChoice choice(At(10), 0);

  choice.Consider(0, Interactive(1, 500));
  choice.Consider(1, Interactive(5, 300));
  choice.Consider(2, Interactive(2, 400));

  EXPECT_THAT(SlotOf(choice), Optional(1u));
  EXPECT_TRUE(choice.others_have_jobs());
}

TEST(QueueChoiceTest, OfQueuesServedAlikeChoosesTheOneWithTheOldestHead) {
  QueueChoice choice(At(10), 0);

  choice.Consider(0, Interactive(5));
  choice.Consider(1, Interactive(3));
  choice.Consider(2, Interactive(4));

  EXPECT_THAT(SlotOf(choice), Optional(1u));
}

TEST(QueueChoiceTest, TimeWithoutWorkGivesNoClaimToLaneTimeLater) {
  QueueChoice choice(At(10), 1000);

  choice.Consider(0, Interactive(5, 0));
  choice.Consider(1, Interactive(3, 1000));

  EXPECT_THAT(SlotOf(choice), Optional(1u));
  EXPECT_EQ(choice.best(BatchKind::kInteractive)->served_ns, 1000);
}

TEST(QueueChoiceTest, ChoosesForEachKindOfBatch) {
  QueueChoice choice(At(10), 0);

  choice.Consider(0, Interactive(5));
  choice.Consider(1, {.oldest_bulk = At(1), .ready_at = kAtOnce});

  EXPECT_THAT(SlotOf(choice), Optional(0u));
  EXPECT_THAT(SlotOf(choice, BatchKind::kBulk), Optional(1u));
}

TEST(QueueChoiceTest, PassesOverAnOlderQueueThatStillWaitsForCompany) {
  QueueChoice choice(At(10), 0);

  choice.Consider(0, Interactive(1, 0, At(12)));
  choice.Consider(1, Interactive(5, 0, At(10)));
  choice.Consider(2, Interactive(2, 0, At(11)));

  EXPECT_THAT(SlotOf(choice), Optional(1u));
  EXPECT_EQ(choice.next_ready_at(), At(11));
}

TEST(QueueChoiceTest, AQueueThatOnlyWaitsCountsAsHavingJobs) {
  QueueChoice choice(At(10), 0);

  choice.Consider(0, Interactive(1, 0, At(12)));

  EXPECT_THAT(SlotOf(choice), Eq(std::nullopt));
  EXPECT_TRUE(choice.others_have_jobs());
}

TEST(QueueChoiceTest, TheChosenQueueAloneIsNoOther) {
  QueueChoice choice(At(10), 0);

  choice.Consider(3, Interactive(1));

  EXPECT_FALSE(choice.others_have_jobs());
}

}  // namespace
}  // namespace wanwu::batching
