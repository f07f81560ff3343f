#include "gateway/http/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "tests/gateway/support/http_server.h"
#include "tests/gateway/support/raw_client.h"

namespace wanwu::gateway {
namespace {

using boost::beast::http::verb;
using test::Content;
using test::EchoHandler;
using test::Get;
using test::HttpServer;
using test::Post;
using test::RawClient;
using test::RawResponse;
using test::TextHandler;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

void AddTestRoutes(Router& router) {
  router.Add(verb::get, "/{name}",
             TextHandler([](auto&, auto& name) { return name.front(); }));
  router.Add(verb::post, "/echo", EchoHandler());
  router.Add(
      verb::get, "/throw/{what}",
      [](Exchange&, PathParameters what) -> boost::asio::awaitable<void> {
        throw std::runtime_error(what.front());
      });
}

class ConnectionTest : public ::testing::Test {
 protected:
  HttpServer server_{AddTestRoutes};
  RawClient client_{server_.port()};
};

TEST_F(ConnectionTest, ServesRequestsOneAfterAnother) {
  EXPECT_EQ(client_.Ask(Get("/first")).body, "first");
  EXPECT_EQ(client_.Ask(Post("/echo", "second")).body, "second");
  EXPECT_EQ(client_.Ask(Get("/third")).body, "third");
}

TEST_F(ConnectionTest, AnswersPipelinedRequestsInTheirOrder) {
  client_.Send(Get("/first") + Post("/echo", "second") + Get("/third"));

  EXPECT_EQ(client_.Read().body, "first");
  EXPECT_EQ(client_.Read().body, "second");
  EXPECT_EQ(client_.Read().body, "third");
}

TEST_F(ConnectionTest, ClosesAfterTheAnswerWhenAsked) {
  const RawResponse response =
      client_.Ask(Get("/last", "Connection: close\r\n"));

  EXPECT_EQ(response.body, "last");
  EXPECT_EQ(response.Header("connection"), "close");
  EXPECT_EQ(client_.ReadRest(), "");
}

TEST_F(ConnectionTest, AnswersTheOldVersionInItsOwnAndCloses) {
  const RawResponse response = client_.Ask("GET /old HTTP/1.0\r\n\r\n");

  EXPECT_EQ(response.status_line, "HTTP/1.0 200 OK");
  EXPECT_EQ(response.body, "old");
  EXPECT_EQ(client_.ReadRest(), "");
}

TEST_F(ConnectionTest, KeepsTheOldVersionOpenWhenAsked) {
  const RawResponse response =
      client_.Ask("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

  EXPECT_EQ(response.Header("connection"), "keep-alive");
  EXPECT_EQ(client_.Ask(Get("/next")).body, "next");
}

TEST_F(ConnectionTest, GoesOnAfterAnError) {
  EXPECT_EQ(client_.Ask(Get("/no/path")).status, 404);

  EXPECT_EQ(client_.Ask(Get("/next")).body, "next");
}

TEST_F(ConnectionTest, ClosesRatherThanTakeAnUnreadBodyForARequest) {
  const RawResponse response = client_.Ask(Post("/no/path", Get("/smuggled")));

  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.Header("connection"), "close");
  EXPECT_EQ(client_.ReadRest(), "");
}

TEST_F(ConnectionTest, SendsNoContentForHead) {
  const RawResponse response =
      client_.Ask("HEAD /name HTTP/1.1\r\nHost: h\r\n\r\n", Content::kNone);

  EXPECT_EQ(response.Header("content-length"), "4");
  EXPECT_EQ(client_.Ask(Get("/next")).body, "next");
}

TEST_F(ConnectionTest, DatesItsAnswers) {
  EXPECT_THAT(client_.Ask(Get("/x")).Header("date"),
              MatchesRegex("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} "
                           "[0-9:]{8} GMT"));
}

TEST_F(ConnectionTest, ReturnsTheRequestId) {
  EXPECT_EQ(
      client_.Ask(Get("/x", "X-Request-Id: mine\r\n")).Header("x-request-id"),
      "mine");
  EXPECT_THAT(client_.Ask(Get("/x")).Header("x-request-id"),
              MatchesRegex("[0-9a-f]{32}"));
}

TEST_F(ConnectionTest, ReturnsAValidTraceContextOnly) {
  const std::string trace =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  EXPECT_EQ(client_.Ask(Get("/x", "traceparent: " + trace + "\r\n"))
                .Header("traceparent"),
            trace);
  EXPECT_EQ(client_.Ask(Get("/x", "traceparent: 00-1-2-03\r\n"))
                .Header("traceparent"),
            "");
}

TEST_F(ConnectionTest, AnswersAHandlersExceptionAsAnInternalError) {
  const RawResponse response = client_.Ask(Get("/throw/oops"));

  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, testing::Not(HasSubstr("oops")));
  // For the log.
  const auto told = server_.observer().AwaitExchanges(1);
  EXPECT_THAT(std::string(told.error.message()), HasSubstr("oops"));
}

TEST_F(ConnectionTest, TellsWhereEachRequestWent) {
  client_.Ask(Get("/x"));
  EXPECT_EQ(server_.observer().AwaitExchanges(1).route, "/{name}");

  client_.Ask(Get("/no/path"));
  const auto told = server_.observer().AwaitExchanges(2);
  EXPECT_EQ(told.route, "");
  EXPECT_EQ(told.status, 404);
}

TEST_F(ConnectionTest, AnswersNothingThatFollowsTheLastRequest) {
  client_.Send(Get("/last", "Connection: close\r\n") + Get("/never"));

  EXPECT_EQ(client_.Read().body, "last");
  EXPECT_EQ(client_.ReadRest(), "");
}

}  // namespace
}  // namespace wanwu::gateway
