#include "server/ops/operator_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <stdexcept>
#include <string>

#include "tests/gateway/support/raw_client.h"

namespace wanwu::ops {
namespace {

using test::Content;
using test::RawClient;
using test::RawResponse;
using testing::HasSubstr;

Page EchoPage(const PageRequest& request) {
  if (request.path == "/throw") throw std::runtime_error("no page");
  return {.status = request.path == "/missing" ? 404 : 200,
          .body = "path " + request.path + " query " + request.query};
}

class OperatorListenerTest : public testing::Test {
 protected:
  static std::unique_ptr<OperatorListener> Start(
      OperatorListenerOptions options) {
    options.address = "127.0.0.1:0";
    return OperatorListener::Start(options, &EchoPage).value();
  }

  RawResponse Ask(const std::string& request,
                  Content content = Content::kAsFramed) const {
    return RawClient(listener_->port()).Ask(request, content);
  }

  const std::unique_ptr<OperatorListener> listener_ = Start({});
};

TEST_F(OperatorListenerTest, ServesPagesAndCloses) {
  RawClient client(listener_->port());

  const RawResponse answer = client.Ask("GET /a?b=c HTTP/1.1\r\n\r\n");

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "path /a query b=c");
  EXPECT_EQ(answer.Header("connection"), "close");
  EXPECT_EQ(client.ReadRest(), "");
}

TEST_F(OperatorListenerTest, HeadGivesTheSameHeadWithoutTheBody) {
  RawClient client(listener_->port());

  const RawResponse answer =
      client.Ask("HEAD /a HTTP/1.1\r\n\r\n", Content::kNone);

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("content-length"), "14");
  EXPECT_EQ(client.ReadRest(), "");
}

TEST_F(OperatorListenerTest, PageChoosesTheStatus) {
  EXPECT_EQ(Ask("GET /missing HTTP/1.1\r\n\r\n").status, 404);
}

TEST_F(OperatorListenerTest, OtherMethodsAreRefused) {
  const RawResponse answer = Ask("DELETE /a HTTP/1.1\r\n\r\n");

  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.Header("allow"), "GET, HEAD");
}

TEST_F(OperatorListenerTest, MalformedRequestIsAnsweredAsSuch) {
  EXPECT_EQ(Ask("no request\r\n\r\n").status, 400);
}

TEST_F(OperatorListenerTest, EndlessHeadIsCutOff) {
  EXPECT_EQ(Ask("GET / HTTP/1.1\r\nA: " + std::string(9000, 'x')).status, 431);
}

TEST_F(OperatorListenerTest, PageThatCannotBeMadeIsAnError) {
  const RawResponse answer = Ask("GET /throw HTTP/1.1\r\n\r\n");

  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("no page"));
}

TEST_F(OperatorListenerTest, ManySilentConnectionsKeepNobodyOut) {
  std::deque<RawClient> silent;
  for (int i = 0; i < 200; ++i) silent.emplace_back(listener_->port());

  EXPECT_EQ(Ask("GET /a HTTP/1.1\r\n\r\n").status, 200);
  // The oldest had to go.
  EXPECT_EQ(silent.front().ReadRest(), "");
}

TEST_F(OperatorListenerTest, SilentConnectionIsClosedInTheEnd) {
  const auto listener = Start({.patience = std::chrono::milliseconds(50)});
  RawClient silent(listener->port());

  EXPECT_EQ(silent.ReadRest(), "");
}

TEST_F(OperatorListenerTest, EndsWhileSomebodyIsConnected) {
  auto listener = Start({});
  RawClient silent(listener->port());

  listener.reset();

  EXPECT_EQ(silent.ReadRest(), "");
}

TEST_F(OperatorListenerTest, TakenAddressIsAnErrorThatNamesIt) {
  const std::string address = "127.0.0.1:" + std::to_string(listener_->port());

  const auto second = OperatorListener::Start({.address = address}, &EchoPage);

  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(address));
}

}  // namespace
}  // namespace wanwu::ops
