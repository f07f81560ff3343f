#include "gateway/http/static_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/gateway/support/http_server.h"
#include "tests/gateway/support/raw_client.h"

namespace wanwu::gateway {
namespace {

using test::Content;
using test::HttpServer;
using test::RawClient;
using test::RawResponse;
using ::testing::HasSubstr;

constexpr std::array<StaticFile, 5> kFiles = {{
    {.path = "/index.html",
     .content_type = "text/html; charset=utf-8",
     .etag = "\"i1\"",
     .content = "<html>",
     .gzip = "zipped index"},
    {.path = "/docs.html",
     .content_type = "text/html; charset=utf-8",
     .etag = "\"d1\"",
     .content = "docs",
     .gzip = {}},
    {.path = "/404.html",
     .content_type = "text/html; charset=utf-8",
     .etag = "\"m1\"",
     .content = "nothing here",
     .gzip = {}},
    {.path = "/assets/a-1b2c.js",
     .content_type = "text/javascript",
     .etag = "\"a1\"",
     .immutable = true,
     .content = "script",
     .gzip = "zipped"},
    {.path = "/samples/cat.jpg",
     .content_type = "image/jpeg",
     .etag = "\"c1\"",
     .content = "picture",
     .gzip = {}},
}};

class StaticFilesTest : public ::testing::Test {
 protected:
  RawResponse Ask(const std::string& path, const std::string& headers = "",
                  const std::string& method = "GET") {
    return client_.Ask(
        method + " " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n",
        method == "HEAD" ? Content::kNone : Content::kAsFramed);
  }

  HttpServer server_{
      [](Router& router) { router.SetFallback(ServeStaticFiles(kFiles)); }};
  RawClient client_{server_.port()};
};

TEST_F(StaticFilesTest, ServesFilesWithTheirTypeAndValidator) {
  const RawResponse response = Ask("/samples/cat.jpg");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "picture");
  EXPECT_EQ(response.Header("content-type"), "image/jpeg");
  EXPECT_EQ(response.Header("etag"), "\"c1\"");
  EXPECT_EQ(response.Header("x-content-type-options"), "nosniff");
}

TEST_F(StaticFilesTest, ServesThePagesAtTheirShortPaths) {
  EXPECT_EQ(Ask("/").body, "<html>");
  EXPECT_EQ(Ask("/docs").body, "docs");
}

TEST_F(StaticFilesTest, LetsCallersKeepWhatNeverChanges) {
  EXPECT_THAT(Ask("/assets/a-1b2c.js").Header("cache-control"),
              HasSubstr("immutable"));
  EXPECT_EQ(Ask("/").Header("cache-control"), "no-cache");
}

TEST_F(StaticFilesTest, SendsNothingThatTheCallerHas) {
  const RawResponse response =
      Ask("/samples/cat.jpg", "If-None-Match: \"c1\"\r\n");

  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.Header("etag"), "\"c1\"");
  EXPECT_EQ(response.Header("content-length"), "");
  EXPECT_EQ(Ask("/docs").body, "docs");
}

TEST_F(StaticFilesTest, TakesWeakAndSeveralValidators) {
  EXPECT_EQ(Ask("/", "If-None-Match: W/\"i1\"\r\n").status, 304);
  EXPECT_EQ(Ask("/", "If-None-Match: \"x\" , \"i1\"\r\n").status, 304);
  EXPECT_EQ(Ask("/", "If-None-Match: *\r\n").status, 304);
}

TEST_F(StaticFilesTest, SendsWhatHasChanged) {
  EXPECT_EQ(Ask("/", "If-None-Match: \"i0\"\r\n").status, 200);
  EXPECT_EQ(Ask("/", "If-None-Match: i1\r\n").status, 200);
}

TEST_F(StaticFilesTest, SendsGzipToThoseWhoTakeIt) {
  const RawResponse response = Ask("/", "Accept-Encoding: br, gzip\r\n");

  EXPECT_EQ(response.body, "zipped index");
  EXPECT_EQ(response.Header("content-encoding"), "gzip");
  EXPECT_EQ(response.Header("vary"), "Accept-Encoding");
}

TEST_F(StaticFilesTest, SendsPlainBytesToTheOthers) {
  for (const char* headers : {"", "Accept-Encoding: gzip;q=0\r\n"}) {
    const RawResponse response = Ask("/", headers);
    EXPECT_EQ(response.body, "<html>");
    EXPECT_EQ(response.Header("content-encoding"), "");
    EXPECT_EQ(response.Header("vary"), "Accept-Encoding");
  }
}

TEST_F(StaticFilesTest, SendsPlainBytesWhereThereIsNoGzip) {
  const RawResponse response = Ask("/docs", "Accept-Encoding: gzip\r\n");

  EXPECT_EQ(response.body, "docs");
  EXPECT_EQ(response.Header("vary"), "");
}

TEST_F(StaticFilesTest, AnswersHeadWithTheLengthOnly) {
  EXPECT_EQ(Ask("/samples/cat.jpg", "", "HEAD").Header("content-length"), "7");
  EXPECT_EQ(Ask("/docs").body, "docs");
}

TEST_F(StaticFilesTest, KeepsForeignContentOutOfPages) {
  EXPECT_THAT(Ask("/").Header("content-security-policy"),
              HasSubstr("default-src 'none'"));
  EXPECT_EQ(Ask("/samples/cat.jpg").Header("content-security-policy"), "");
}

TEST(StaticFilesPolicyTest, IsTheOneThatWasChosen) {
  const HttpServer server([](Router& router) {
    router.SetFallback(ServeStaticFiles(kFiles, "default-src x"));
  });
  RawClient client(server.port());

  for (const char* path : {"/", "/nothing"}) {
    const RawResponse response =
        client.Ask(std::string("GET ") + path +
                       " HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\n\r\n",
                   Content::kAsFramed);
    EXPECT_EQ(response.Header("content-security-policy"), "default-src x");
  }
}

TEST_F(StaticFilesTest, HasNothingAtOtherPaths) {
  for (const char* path :
       {"/nothing", "/assets", "/assets/", "//", "/index.html/",
        "/assets/../index.html", "/%2e%2e/etc/passwd"}) {
    EXPECT_EQ(Ask(path).status, 404) << path;
  }
}

TEST_F(StaticFilesTest, TellsPeopleWhoMistypedAnAddressOnAPage) {
  const RawResponse response =
      Ask("/nothing", "Accept: text/html,*/*;q=0.8\r\nIf-None-Match: *\r\n");

  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, "nothing here");
  EXPECT_EQ(response.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(response.Header("content-security-policy"),
              HasSubstr("default-src 'none'"));
}

TEST_F(StaticFilesTest, TellsProgramsInJson) {
  for (const char* headers : {"", "Accept: */*\r\n"}) {
    EXPECT_EQ(Ask("/nothing", headers).Header("content-type"),
              "application/json");
  }
  const std::string accept = "Accept: text/html\r\nContent-Length: 0\r\n";
  EXPECT_EQ(Ask("/nothing", accept, "POST").Header("content-type"),
            "application/json");
}

TEST_F(StaticFilesTest, RefusesOtherMethods) {
  const RawResponse response = Ask("/", "", "DELETE");

  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.Header("allow"), "OPTIONS, GET, HEAD");
}

TEST_F(StaticFilesTest, NamesTheMethodsOnOptions) {
  const RawResponse response = Ask("/", "", "OPTIONS");

  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.Header("allow"), "OPTIONS, GET, HEAD");
}

}  // namespace
}  // namespace wanwu::gateway
