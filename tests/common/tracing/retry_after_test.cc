#include "common/tracing/retry_after.h"

#include <gtest/gtest.h>

namespace wanwu::tracing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

// Sun, 06 Nov 1994 08:49:37 GMT
const system_clock::time_point kNow{seconds(784'111'777)};

TEST(RetryAfterTest, ReadsSeconds) {
  EXPECT_EQ(RetryAfter("0", kNow), milliseconds(0));
  EXPECT_EQ(RetryAfter("120", kNow), seconds(120));
}

TEST(RetryAfterTest, ReadsDates) {
  EXPECT_EQ(RetryAfter("Sun, 06 Nov 1994 08:50:37 GMT", kNow), seconds(60));
  EXPECT_EQ(RetryAfter("Mon, 07 Nov 1994 08:49:37 GMT", kNow), hours(24));
}

TEST(RetryAfterTest, WhatIsOverIsNoWait) {
  EXPECT_EQ(RetryAfter("Sun, 06 Nov 1994 08:49:36 GMT", kNow), seconds(0));
  EXPECT_EQ(RetryAfter("-5", kNow), seconds(0));
}

TEST(RetryAfterTest, WhatIsMalformedIsNoWait) {
  for (const char* value : {"", "soon", "1.5", "5 s", "Sun, 06 Nov"}) {
    EXPECT_EQ(RetryAfter(value, kNow), seconds(0)) << value;
  }
}

TEST(RetryAfterTest, WhatIsSenselessDoesNotOverflow) {
  EXPECT_GT(RetryAfter("9223372036854775807", kNow), hours(1'000'000));
  EXPECT_GT(RetryAfter("Fri, 31 Dec 9999 23:59:59 GMT", kNow), hours(24));
}

}  // namespace
}  // namespace wanwu::tracing
