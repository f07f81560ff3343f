#include "gateway/http/counted_bytes.h"

#include <gtest/gtest.h>

namespace wanwu::gateway {
namespace {

TEST(CountedBytesTest, GivesBackWhatCame) {
  ByteBudget budget(100);
  BudgetShare share(budget);
  CountedBytes bytes(share, 100);

  EXPECT_TRUE(bytes.Append("some "));
  EXPECT_TRUE(bytes.Append("bytes"));

  EXPECT_EQ(bytes.Take(), "some bytes");
}

TEST(CountedBytesTest, CountsWhatIsAllocatedRatherThanWhatCame) {
  ByteBudget budget(10'000);
  BudgetShare share(budget);
  CountedBytes bytes(share, 5000);
  std::size_t allocated = 0;
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(bytes.Append(std::string(100, 'x')));
    EXPECT_GE(share.bytes(), bytes.size());
    allocated = std::max(allocated, share.bytes());
  }

  EXPECT_EQ(allocated, 5000U);
  EXPECT_EQ(bytes.Take().capacity(), 5000U);
}

TEST(CountedBytesTest, RefusesWhatTheBudgetHasNoRoomFor) {
  ByteBudget budget(10);
  BudgetShare share(budget);
  CountedBytes bytes(share, 100);

  EXPECT_TRUE(bytes.Append("12345678"));
  EXPECT_FALSE(bytes.Append("9ab"));

  EXPECT_EQ(bytes.Take(), "12345678");
}

}  // namespace
}  // namespace wanwu::gateway
