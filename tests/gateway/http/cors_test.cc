#include "gateway/http/cors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/errors/gateway_error.h"

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

RequestHead Browsing(const std::string& site, const std::string& origin = "") {
  RequestHead head;
  head.method = boost::beast::http::verb::post;
  head.headers.set("Sec-Fetch-Site", site);
  head.headers.set("Sec-Fetch-Mode", "cors");
  if (!origin.empty()) head.headers.set("Origin", origin);
  return head;
}

RequestHead Navigating(boost::beast::http::verb method,
                       const std::string& destination) {
  RequestHead head = Browsing("cross-site");
  head.method = method;
  head.headers.set("Sec-Fetch-Mode", "navigate");
  head.headers.set("Sec-Fetch-Dest", destination);
  return head;
}

TEST(CorsPolicyTest, RefusesPagesOfOtherOrigins) {
  const CorsPolicy none;

  for (const char* site : {"cross-site", "same-site"}) {
    const absl::Status status = none.Check(Browsing(site, "https://a.example"));
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << site;
    EXPECT_TRUE(HasReason(status, kOriginNotAllowed)) << site;
  }
}

TEST(CorsPolicyTest, AllowsOwnPagesPeopleAndProgramsThatAreNoBrowsers) {
  const CorsPolicy none;

  EXPECT_TRUE(none.Check(Browsing("same-origin")).ok());
  EXPECT_TRUE(none.Check(Browsing("none")).ok());
  EXPECT_TRUE(none.Check({}).ok());
}

TEST(CorsPolicyTest, AllowsThePagesThatAreConfigured) {
  const CorsPolicy policy({"https://a.example"});
  const CorsPolicy all({"*"});

  EXPECT_TRUE(policy.Check(Browsing("cross-site", "https://a.example")).ok());
  EXPECT_FALSE(policy.Check(Browsing("cross-site", "https://b.example")).ok());
  // As for an image in a page, which names no origin.
  EXPECT_FALSE(policy.Check(Browsing("cross-site")).ok());
  EXPECT_TRUE(all.Check(Browsing("cross-site")).ok());
}

TEST(CorsPolicyTest, AllowsFollowingALinkButNoFormOrFrame) {
  using boost::beast::http::verb;
  const CorsPolicy none;

  EXPECT_TRUE(none.Check(Navigating(verb::get, "document")).ok());
  EXPECT_FALSE(none.Check(Navigating(verb::post, "document")).ok());
  EXPECT_FALSE(none.Check(Navigating(verb::get, "iframe")).ok());
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
