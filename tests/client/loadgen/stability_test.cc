#include "client/loadgen/stability.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace wanwu::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Window Of(std::uint64_t answered, int p95_ms) {
  return {
      .length = seconds(1), .answered = answered, .p95 = milliseconds(p95_ms)};
}

TEST(StabilityTest, NeedsThreeWindows) {
  EXPECT_FALSE(IsStable({}));
  EXPECT_FALSE(IsStable({Of(100, 10), Of(100, 10)}));
  EXPECT_TRUE(IsStable({Of(100, 10), Of(100, 10), Of(100, 10)}));
}

TEST(StabilityTest, LooksAtTheLastThreeOnly) {
  EXPECT_TRUE(IsStable({Of(5, 900), Of(95, 100), Of(100, 95), Of(105, 105)}));
  EXPECT_FALSE(IsStable({Of(95, 100), Of(100, 95), Of(105, 105), Of(5, 900)}));
}

TEST(StabilityTest, ThroughputMustAgreeWithinTenPercentOfTheMean) {
  EXPECT_TRUE(IsStable({Of(90, 10), Of(100, 10), Of(110, 10)}));
  EXPECT_FALSE(IsStable({Of(88, 10), Of(100, 10), Of(112, 10)}));
}

TEST(StabilityTest, P95MustAgreeWithinTenPercentOfTheMean) {
  EXPECT_TRUE(IsStable({Of(100, 90), Of(100, 100), Of(100, 110)}));
  EXPECT_FALSE(IsStable({Of(100, 88), Of(100, 100), Of(100, 112)}));
}

TEST(StabilityTest, NothingAnsweredIsNotStable) {
  EXPECT_FALSE(IsStable({Of(0, 0), Of(0, 0), Of(0, 0)}));
}

}  // namespace
}  // namespace wanwu::loadgen
