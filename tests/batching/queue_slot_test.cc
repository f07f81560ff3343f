#include "batching/queue_slot.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/batching/recording_runner.h"

namespace wanwu::batching {
namespace {

using Left = QueueSlot::Left;
using Vacated = QueueSlot::Vacated;
using Visit = QueueSlot::Visit;

class QueueSlotTest : public ::testing::Test {
 protected:
  std::unique_ptr<ModelQueue> MakeQueue() {
    return std::make_unique<ModelQueue>(QueueOptions{}, runner_);
  }

  RecordingRunner runner_;
  QueueSlot slot_;
  std::unique_ptr<ModelQueue> removed_;
};

TEST_F(QueueSlotTest, AdmitsNobodyWhileVacant) {
  EXPECT_TRUE(slot_.IsVacant());
  EXPECT_EQ(slot_.Enter(0, Visit::kSubmit), nullptr);
  EXPECT_EQ(slot_.Enter(0, Visit::kInspect), nullptr);
  EXPECT_EQ(slot_.EnterIfInUse(), nullptr);
}

TEST_F(QueueSlotTest, ShowsLanesAQueueOnlyWhileSomethingIsCounted) {
  const auto generation = slot_.Open(MakeQueue());
  EXPECT_EQ(slot_.EnterIfInUse(), nullptr);
  ModelQueue* queue = slot_.Enter(generation, Visit::kSubmit);
  ASSERT_NE(queue, nullptr);

  EXPECT_EQ(slot_.EnterIfInUse(), queue);

  EXPECT_EQ(slot_.Leave(2), Left::kStillInUse);
  EXPECT_FALSE(slot_.IsInUse());
}

TEST_F(QueueSlotTest, RefusesSubmittersOnceClosedButNotReaders) {
  const auto generation = slot_.Open(MakeQueue());

  slot_.Close(generation);

  EXPECT_TRUE(slot_.IsClosed());
  EXPECT_EQ(slot_.Enter(generation, Visit::kSubmit), nullptr);
  EXPECT_NE(slot_.Enter(generation, Visit::kInspect), nullptr);
}

TEST_F(QueueSlotTest, IsVacatedOnlyWhenClosedAndUnused) {
  const auto generation = slot_.Open(MakeQueue());
  EXPECT_EQ(slot_.TryVacate(generation, removed_), Vacated::kNotYet);
  ASSERT_NE(slot_.Enter(generation, Visit::kSubmit), nullptr);
  slot_.Close(generation);
  EXPECT_EQ(slot_.TryVacate(generation, removed_), Vacated::kNotYet);

  EXPECT_EQ(slot_.Leave(1), Left::kLastOfClosed);

  EXPECT_EQ(slot_.TryVacate(generation, removed_), Vacated::kDone);
  EXPECT_TRUE(slot_.IsVacant());
  EXPECT_EQ(slot_.TryVacate(generation, removed_), Vacated::kOtherGeneration);
}

TEST_F(QueueSlotTest, AnOldIdNeitherEntersNorClosesTheNextQueue) {
  const auto old_generation = slot_.Open(MakeQueue());
  slot_.Close(old_generation);
  ASSERT_EQ(slot_.TryVacate(old_generation, removed_), Vacated::kDone);
  const auto generation = slot_.Open(MakeQueue());

  slot_.Close(old_generation);

  EXPECT_NE(generation, old_generation);
  EXPECT_EQ(slot_.Enter(old_generation, Visit::kSubmit), nullptr);
  EXPECT_EQ(slot_.Enter(old_generation, Visit::kInspect), nullptr);
  EXPECT_NE(slot_.Enter(generation, Visit::kSubmit), nullptr);
}

TEST_F(QueueSlotTest, ClosesWhateverQueueIsThere) {
  slot_.CloseAny();
  EXPECT_TRUE(slot_.IsVacant());
  slot_.Open(MakeQueue());

  slot_.CloseAny();

  EXPECT_TRUE(slot_.IsClosed());
}

}  // namespace
}  // namespace wanwu::batching
