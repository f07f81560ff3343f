#include "server/app/memory_trimmer.h"

#include "gtest/gtest.h"

namespace wanwu::app {
namespace {

constexpr size_t kMuch = TrimPolicy::kWorthwhileBytes;
constexpr size_t kUsual = size_t{300} << 20;

TEST(TrimPolicyTest, TrimsWhatStaysFree) {
  TrimPolicy policy(kUsual);

  EXPECT_FALSE(policy.Look(kUsual + kMuch, kMuch));
  EXPECT_TRUE(policy.Look(kUsual + kMuch, kMuch));
}

TEST(TrimPolicyTest, LeavesWhatIsInUseAgainAlone) {
  TrimPolicy policy(kUsual);

  EXPECT_FALSE(policy.Look(kUsual + kMuch, kMuch));
  EXPECT_FALSE(policy.Look(kUsual + kMuch, 0));
  EXPECT_FALSE(policy.Look(kUsual + kMuch, kMuch));
}

TEST(TrimPolicyTest, LittleIsNotWorthwhile) {
  TrimPolicy policy(kUsual);

  EXPECT_FALSE(policy.Look(kUsual + kMuch, kMuch - 1));
  EXPECT_FALSE(policy.Look(kUsual + kMuch, kMuch - 1));
}

TEST(TrimPolicyTest, TrimsAgainOnlyAfterNewGrowth) {
  TrimPolicy policy(kUsual);
  policy.Look(kUsual + kMuch, kMuch);
  ASSERT_TRUE(policy.Look(kUsual + kMuch, kMuch));
  // malloc counts trimmed blocks as free all the same.
  policy.Trimmed(kUsual + kMuch);

  EXPECT_FALSE(policy.Look(kUsual + kMuch, kMuch));
  EXPECT_FALSE(policy.Look(kUsual + kMuch, kMuch));
  EXPECT_FALSE(policy.Look(kUsual + 2 * kMuch, kMuch));
  EXPECT_TRUE(policy.Look(kUsual + 2 * kMuch, kMuch));
}

}  // namespace
}  // namespace wanwu::app
