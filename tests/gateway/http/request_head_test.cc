#include "gateway/http/request_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/rpc_error.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

RequestHead Parsed(std::string_view target) {
  RequestHead head;
  EXPECT_TRUE(ParseTarget(target, head).ok()) << target;
  return head;
}

TEST(RequestHeadTest, SplitsPathAndQuery) {
  const RequestHead head = Parsed("/v1/classify?top_k=3&model=m");

  EXPECT_EQ(head.path, "/v1/classify");
  EXPECT_THAT(head.query, ElementsAre(Pair("top_k", "3"), Pair("model", "m")));
}

TEST(RequestHeadTest, TakesTheWholeUrlThatAProxySends) {
  const RequestHead head = Parsed("http://wanwu.example:8501/v1/models?a=1");

  EXPECT_EQ(head.path, "/v1/models");
  EXPECT_THAT(head.query, ElementsAre(Pair("a", "1")));
  EXPECT_EQ(Parsed("http://wanwu.example").path, "/");
}

TEST(RequestHeadTest, DecodesThePath) {
  EXPECT_EQ(Parsed("/a%20b%2Fc%e4%b8%ad").path, "/a b/c中");
}

TEST(RequestHeadTest, KeepsAPlusInThePath) {
  EXPECT_EQ(Parsed("/a+b").path, "/a+b");
}

TEST(RequestHeadTest, DecodesTheQueryAsFormsEncodeIt) {
  EXPECT_THAT(Parsed("/?a=x+y%2B%26z&b%3D=%E4%B8%AD").query,
              ElementsAre(Pair("a", "x y+&z"), Pair("b=", "中")));
}

TEST(RequestHeadTest, KeepsParametersWithoutValue) {
  EXPECT_THAT(Parsed("/?a&b=").query,
              ElementsAre(Pair("a", ""), Pair("b", "")));
  EXPECT_THAT(Parsed("/").query, IsEmpty());
}

TEST(RequestHeadTest, KeepsTheOrderOfRepeatedParameters) {
  EXPECT_THAT(Parsed("/?a=1&b=2&a=3").query,
              ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("a", "3")));
}

TEST(RequestHeadTest, RefusesTargetsThatAreMalformed) {
  for (const char* target : {"", "v1", "/%", "/%4", "/%zz", "/?a=%", "/a b",
                             "/#fragment", "/\x80", "*"}) {
    RequestHead head;
    const absl::Status status = ParseTarget(target, head);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << target;
    EXPECT_EQ(client::DescribeError(status).reason, kHttpMalformed) << target;
  }
}

TEST(RequestHeadTest, FindsHeadersInAnyCase) {
  RequestHead head;
  head.headers.set("X-Request-Id", "abc");

  EXPECT_EQ(head.Header("x-request-ID"), "abc");
  EXPECT_EQ(head.Header("Absent"), "");
}

}  // namespace
}  // namespace wanwu::gateway
