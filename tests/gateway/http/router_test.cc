#include "gateway/http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "tests/gateway/support/http_server.h"
#include "tests/gateway/support/raw_client.h"

namespace wanwu::gateway {
namespace {

using boost::beast::http::verb;
using test::Content;
using test::Get;
using test::HttpServer;
using test::Post;
using test::RawClient;
using test::RawResponse;
using test::TextHandler;
using ::testing::HasSubstr;

void AddTestRoutes(Router& router) {
  const auto answer = [](std::string_view name) {
    return TextHandler([name = std::string(name)](auto&, auto& parameters) {
      return name + "(" + absl::StrJoin(parameters, ", ") + ")";
    });
  };
  router.Add(verb::get, "/things", answer("list"));
  router.Add(verb::post, "/things", answer("make"));
  router.Add(verb::get, "/things/{thing}", answer("get"));
  router.Add(verb::post, "/things/special", answer("special"));
  router.Add(verb::get, "/things/{thing}/parts/{part}/size", answer("size"));
  router.Add(verb::get, "/things/{thing}/parts/{part}", answer("part"));
}

class RouterTest : public ::testing::Test {
 protected:
  RawResponse Ask(const std::string& method, const std::string& path,
                  const std::string& headers = "") {
    const Content content =
        method == "HEAD" ? Content::kNone : Content::kAsFramed;
    return RawClient(server_.port())
        .Ask(
            method + " " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n",
            content);
  }

  HttpServer server_{AddTestRoutes,
                     {.cors = CorsPolicy({"https://a.example"})}};
};

TEST_F(RouterTest, RefusesPagesOfOtherOriginsWhateverThePath) {
  constexpr char kElsewhere[] = "Sec-Fetch-Site: cross-site\r\n";

  for (const char* path : {"/things", "/nowhere"}) {
    const RawResponse refusal = Ask("GET", path, kElsewhere);
    EXPECT_EQ(refusal.status, 403) << path;
    EXPECT_THAT(refusal.body, HasSubstr("ORIGIN_NOT_ALLOWED"));
  }
  EXPECT_EQ(Ask("GET", "/things",
                std::string(kElsewhere) + "Origin: https://a.example\r\n")
                .status,
            200);
}

TEST_F(RouterTest, RefusesHostsThatAreNotItsOwn) {
  const HttpServer local(
      AddTestRoutes,
      {.hosts = HostPolicy({}, HostPolicy::Addresses::kLoopback)});
  const auto status = [&local](const std::string& host) {
    return RawClient(local.port())
        .Ask("GET /things HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
        .status;
  };

  EXPECT_EQ(status("evil.example"), 403);
  EXPECT_EQ(status("localhost"), 200);
}

TEST_F(RouterTest, PicksTheHandlerByPathAndMethod) {
  EXPECT_EQ(Ask("GET", "/things").body, "list()");
  EXPECT_EQ(Ask("POST", "/things").body, "make()");
}

TEST_F(RouterTest, GivesTheSegmentsThatParametersStandFor) {
  EXPECT_EQ(Ask("GET", "/things/a/parts/b%20c").body, "part(a, b c)");
  EXPECT_EQ(Ask("GET", "/things/a/parts/b/size").body, "size(a, b)");
  EXPECT_EQ(Ask("GET", "/things/a/parts").status, 404);
  EXPECT_EQ(Ask("GET", "/things//parts/b").status, 404);
  EXPECT_EQ(Ask("GET", "/things/a/other/b").status, 404);
}

TEST_F(RouterTest, GivesTheLastSegmentAsTheParameter) {
  EXPECT_EQ(Ask("GET", "/things/a%20b").body, "get(a b)");
}

TEST_F(RouterTest, TakesNoFurtherSegmentIntoAParameter) {
  EXPECT_EQ(Ask("GET", "/things/a/b").status, 404);
  EXPECT_EQ(Ask("GET", "/things/a%2Fb").status, 404);
}

TEST_F(RouterTest, TakesAPathWithASlashBehindIt) {
  EXPECT_EQ(Ask("GET", "/things/").body, "list()");
  EXPECT_EQ(Ask("GET", "/things/one/").body, "get(one)");
  EXPECT_EQ(Ask("GET", "/nowhere/").status, 404);
}

TEST_F(RouterTest, IgnoresTheQueryWhenItLooksForAPath) {
  EXPECT_EQ(Ask("GET", "/things?x=1").body, "list()");
}

TEST_F(RouterTest, RefusesOtherMethodsAndNamesThoseThereAre) {
  const RawResponse response = Ask("DELETE", "/things");

  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.Header("allow"), "OPTIONS, GET, HEAD, POST");
  EXPECT_THAT(response.body, HasSubstr("METHOD_NOT_ALLOWED"));
}

TEST_F(RouterTest, RefusesMethodsThatNobodyKnows) {
  EXPECT_EQ(Ask("FROB", "/things").status, 405);
}

TEST_F(RouterTest, RefusesOtherMethodsOfPathsThatAreNoText) {
  EXPECT_EQ(Ask("DELETE", "/things/%FF").status, 405);
}

TEST_F(RouterTest, AnswersHeadWhereverThereIsGet) {
  const RawResponse response = Ask("HEAD", "/things");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("content-length"), "6");
}

TEST_F(RouterTest, NamesTheMethodsOnOptions) {
  const RawResponse response = Ask("OPTIONS", "/things/x");

  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.Header("allow"), "OPTIONS, GET, HEAD");
}

TEST_F(RouterTest, PicksAmongPatternsThatBothHaveThePath) {
  EXPECT_EQ(Ask("POST", "/things/special").body, "special()");
  EXPECT_EQ(Ask("GET", "/things/special").body, "get(special)");
}

TEST_F(RouterTest, AnswersABrowsersPreflight) {
  const RawResponse response = Ask("OPTIONS", "/things",
                                   "Origin: https://a.example\r\n"
                                   "Access-Control-Request-Method: POST\r\n");

  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.Header("access-control-allow-origin"),
            "https://a.example");
  EXPECT_THAT(response.Header("access-control-allow-methods"),
              HasSubstr("POST"));
}

TEST_F(RouterTest, NamesTheAllowedOriginOnErrorsToo) {
  EXPECT_EQ(Ask("GET", "/nothing", "Origin: https://a.example\r\n")
                .Header("access-control-allow-origin"),
            "https://a.example");
}

TEST_F(RouterTest, TellsThePatternOfARefusedMethod) {
  Ask("DELETE", "/things/x");

  EXPECT_EQ(server_.observer().AwaitExchanges(1).route, "/things/{thing}");
}

}  // namespace
}  // namespace wanwu::gateway
