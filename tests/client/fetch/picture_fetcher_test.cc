#include "client/fetch/picture_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "client/lib/rpc_error.h"
#include "tests/client/support/web_host.h"

namespace wanwu::client {
namespace {

using std::chrono::milliseconds;
using test::HttpAnswer;
using test::WebHost;
using testing::HasSubstr;

constexpr FetchLimits kSmall = {.bytes = 1000};

std::string Redirect(const std::string& to) {
  return HttpAnswer("302 Found", "", "Location: " + to + "\r\n");
}

std::string Reason(const absl::StatusOr<std::string>& fetched) {
  return DescribeError(fetched.status()).reason;
}

TEST(IsUrlTest, OnlyWhatBeginsSo) {
  EXPECT_TRUE(IsUrl("http://a/b.jpg"));
  EXPECT_TRUE(IsUrl("HTTPS://a"));
  EXPECT_FALSE(IsUrl("photos/http://a"));
  EXPECT_FALSE(IsUrl("ftp://a"));
  EXPECT_FALSE(IsUrl("http.jpg"));
}

TEST(PictureFetcherTest, GivesWhatIsThere) {
  const std::string bytes("\xff\xd8\0x", 4);
  WebHost host({{"/a.jpg", HttpAnswer("200 OK", bytes)}});
  PictureFetcher fetcher;

  EXPECT_EQ(fetcher.Fetch(host.Url("/a.jpg")).value(), bytes);
  EXPECT_EQ(fetcher.Fetch(host.Url("/a.jpg")).value(), bytes);
}

TEST(PictureFetcherTest, FollowsRedirectsToHttpOnly) {
  WebHost host({{"/a.jpg", HttpAnswer("200 OK", "a")},
                {"/old", Redirect("/a.jpg")},
                {"/file", Redirect("file:///etc/passwd")},
                {"/ftp", Redirect("ftp://127.0.0.1/a.jpg")}});
  PictureFetcher fetcher;

  EXPECT_EQ(fetcher.Fetch(host.Url("/old")).value(), "a");
  EXPECT_EQ(Reason(fetcher.Fetch(host.Url("/file"))), "URL_REFUSED");
  EXPECT_EQ(Reason(fetcher.Fetch(host.Url("/ftp"))), "URL_REFUSED");
}

TEST(PictureFetcherTest, FollowsSoManyRedirects) {
  WebHost host({{"/a", Redirect("/b")},
                {"/b", Redirect("/c")},
                {"/c", HttpAnswer("200 OK", "c")}});

  EXPECT_TRUE(PictureFetcher({.redirects = 2}).Fetch(host.Url("/a")).ok());
  EXPECT_EQ(Reason(PictureFetcher({.redirects = 1}).Fetch(host.Url("/a"))),
            "URL_REFUSED");
}

TEST(PictureFetcherTest, RefusesWhatIsTooLargeAnnouncedOrNot) {
  const std::string large(1001, 'x');
  WebHost host(
      {{"/fits", HttpAnswer("200 OK", std::string(1000, 'x'))},
       {"/announced", HttpAnswer("200 OK", "x", "Content-Length: 1001\r\n")},
       {"/unannounced",
        HttpAnswer("200 OK", large, "Content-Type: image/png\r\n")}});
  PictureFetcher fetcher(kSmall);

  EXPECT_TRUE(fetcher.Fetch(host.Url("/fits")).ok());
  EXPECT_EQ(Reason(fetcher.Fetch(host.Url("/announced"))), "URL_TOO_LARGE");
  EXPECT_EQ(Reason(fetcher.Fetch(host.Url("/unannounced"))), "URL_TOO_LARGE");
}

const std::map<std::string, std::string> kStalls = {{"/stalls", std::string()}};

TEST(PictureFetcherTest, GivesUpOnAHostThatSaysNothing) {
  WebHost host(kStalls);
  PictureFetcher fetcher({.total = milliseconds(50)});

  const auto fetched = fetcher.Fetch(host.Url("/stalls"));

  EXPECT_TRUE(absl::IsDeadlineExceeded(fetched.status()));
  EXPECT_EQ(Reason(fetched), "URL_TIMEOUT");
}

TEST(PictureFetcherTest, StopsWhenToldTo) {
  WebHost host(kStalls);
  const std::atomic<bool> stop = true;

  const auto fetched = PictureFetcher().Fetch(host.Url("/stalls"), &stop);

  EXPECT_TRUE(absl::IsCancelled(fetched.status()));
}

TEST(PictureFetcherTest, SaysWhatHttpSays) {
  WebHost host({{"/denied", HttpAnswer("403 Forbidden", "x")},
                {"/busy", HttpAnswer("503 Busy", "x")}});
  PictureFetcher fetcher;

  const auto missing = fetcher.Fetch(host.Url("/missing"));
  EXPECT_TRUE(absl::IsNotFound(missing.status()));
  EXPECT_EQ(Reason(missing), "URL_NOT_FOUND");
  EXPECT_EQ(Reason(fetcher.Fetch(host.Url("/denied"))), "URL_REFUSED");
  EXPECT_EQ(Reason(fetcher.Fetch(host.Url("/busy"))), "URL_UNREACHABLE");
}

TEST(PictureFetcherTest, TakesAHostsWordForAPageOnlyIfItLooksLikeOne) {
  const std::string html = "Content-Type: text/html\r\n";
  WebHost host({{"/page", HttpAnswer("200 OK", " <html>", html)},
                {"/cat.jpg", HttpAnswer("200 OK", "\xff\xd8", html)}});
  PictureFetcher fetcher;

  EXPECT_EQ(Reason(fetcher.Fetch(host.Url("/page"))), "URL_NOT_A_PICTURE");
  EXPECT_TRUE(fetcher.Fetch(host.Url("/cat.jpg")).ok());
}

TEST(PictureFetcherTest, NamesWhatCannotBeReached) {
  PictureFetcher fetcher;

  const auto unknown = fetcher.Fetch("http://no-such-host.invalid/a.jpg");
  EXPECT_EQ(Reason(unknown), "URL_UNREACHABLE");
  EXPECT_THAT(DescribeError(unknown.status()).message,
              HasSubstr("name is not known"));
  EXPECT_EQ(Reason(fetcher.Fetch("http://127.0.0.1:1/a.jpg")),
            "URL_UNREACHABLE");
  EXPECT_EQ(Reason(fetcher.Fetch("http://127.0.0.1:port/")), "URL_INVALID");
}

}  // namespace
}  // namespace wanwu::client
