#include "gateway/http/cors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kAllowOrigin[] = "Access-Control-Allow-Origin";

RequestHead From(const std::string& origin) {
  RequestHead head;
  head.headers.set("Origin", origin);
  return head;
}

RequestHead Preflight(const std::string& origin) {
  RequestHead head = From(origin);
  head.headers.set("Access-Control-Request-Method", "POST");
  return head;
}

TEST(CorsPolicyTest, SaysNothingUnlessOriginsAreConfigured) {
  const CorsPolicy none;

  EXPECT_THAT(none.HeadersFor(From("https://a.example")), IsEmpty());
  EXPECT_THAT(none.PreflightHeadersFor(Preflight("https://a.example"), "POST"),
              IsEmpty());
}

TEST(CorsPolicyTest, NamesTheOriginThatIsAllowed) {
  const CorsPolicy policy({"https://a.example", "https://b.example"});

  EXPECT_THAT(policy.HeadersFor(From("https://b.example")),
              Contains(Pair(kAllowOrigin, "https://b.example")));
}

TEST(CorsPolicyTest, LetsPagesReadOurHeaders) {
  EXPECT_THAT(CorsPolicy({"*"}).HeadersFor(From("https://a.example")),
              Contains(Pair("Access-Control-Expose-Headers",
                            HasSubstr("Retry-After"))));
}

TEST(CorsPolicyTest, TellsCachesThatTheAnswerDependsOnTheOrigin) {
  const CorsPolicy policy({"https://a.example"});

  EXPECT_THAT(policy.HeadersFor(From("https://evil.example")),
              ElementsAre(Pair("Vary", "Origin")));
  EXPECT_THAT(policy.HeadersFor({}), ElementsAre(Pair("Vary", "Origin")));
}

TEST(CorsPolicyTest, TakesNoPartOfAnOriginForIt) {
  const CorsPolicy policy({"https://a.example"});

  EXPECT_THAT(policy.HeadersFor(From("https://a.example.evil")),
              ElementsAre(Pair("Vary", "Origin")));
  EXPECT_THAT(policy.HeadersFor(From("http://a.example")),
              ElementsAre(Pair("Vary", "Origin")));
}

TEST(CorsPolicyTest, StarAllowsEveryOrigin) {
  EXPECT_THAT(CorsPolicy({"*"}).HeadersFor(From("https://a.example")),
              Contains(Pair(kAllowOrigin, "*")));
}

TEST(CorsPolicyTest, AnswersAPreflightWithMethodsAndHeaders) {
  const Headers headers = CorsPolicy({"*"}).PreflightHeadersFor(
      Preflight("https://a.example"), "OPTIONS, POST");

  EXPECT_THAT(headers,
              Contains(Pair("Access-Control-Allow-Methods", "OPTIONS, POST")));
  EXPECT_THAT(headers, Contains(Pair("Access-Control-Allow-Headers",
                                     HasSubstr("X-Request-Timeout-Ms"))));
}

TEST(CorsPolicyTest, TakesAPlainOptionsForNoPreflight) {
  EXPECT_THAT(
      CorsPolicy({"*"}).PreflightHeadersFor(From("https://a.example"), "POST"),
      IsEmpty());
}

}  // namespace
}  // namespace wanwu::gateway
