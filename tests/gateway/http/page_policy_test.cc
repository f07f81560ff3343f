#include "gateway/http/page_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(PagePolicyTest, LoadsNothingOfOthersUnlessTold) {
  const std::string policy = PagePolicy();

  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("connect-src 'self';"));
  EXPECT_THAT(policy, Not(HasSubstr("http")));
}

TEST(PagePolicyTest, LetsPicturesBeFetchedFromOriginsOnly) {
  const std::string policy =
      PagePolicy({"https://a.example", "https://*.b.example:444"});

  EXPECT_THAT(policy, HasSubstr("connect-src 'self' https://a.example "
                                "https://*.b.example:444; font-src"));
  EXPECT_THAT(policy, HasSubstr("script-src 'self';"));
}

TEST(PagePolicyTest, TakesOrigins) {
  for (const char* origin :
       {"https:", "https://a.example", "http://127.0.0.1:8080",
        "https://*.a-b.example:444"}) {
    EXPECT_EQ(MistakeInPictureOrigin(origin), "") << origin;
  }
}

TEST(PagePolicyTest, RefusesWhatCouldMeanMore) {
  for (const char* origin :
       {"", "*", "a.example", "https://", "https://*", "https://a.example/",
        "https://a.example; script-src *", "https://a.example 'unsafe-eval'",
        "https://a.example:", "https://a.example:x", "data:", "http:"}) {
    EXPECT_NE(MistakeInPictureOrigin(origin), "") << origin;
  }
}

}  // namespace
}  // namespace wanwu::gateway
