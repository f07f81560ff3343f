#include "gateway/api/status_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "tests/gateway/support/api_server.h"
#include "tests/gateway/support/raw_client.h"
#include "tests/support/gate.h"

namespace wanwu::gateway {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::steady_clock;
using test::ApiServer;
using test::Content;
using test::Get;
using test::RawClient;
using test::RawResponse;
using test::StatusWriter;
using ::testing::HasSubstr;

constexpr char kEvents[] = "Accept: text/event-stream\r\n";

v1::ServerStatus Status(int pictures) {
  v1::ServerStatus status;
  status.set_state(v1::ServerStatus::STATE_SERVING);
  status.set_pictures_total(pictures);
  return status;
}

// Reports once and then waits for the caller to go.
class OneReport {
 public:
  test::Script Script() {
    return {.watch_status = [this](auto& context, StatusWriter& writer) {
      writer.Write(Status(7));
      const grpc::Status status = test::WaitForCancel(context);
      cancelled.Add();
      return status;
    }};
  }

  test_support::Counter cancelled;
};

test::Script Reports(int count, const grpc::Status& end) {
  return {.watch_status = [count, end](auto&, StatusWriter& writer) {
    for (int i = 1; i <= count; ++i) writer.Write(Status(i));
    return end;
  }};
}

TEST(StatusHandlerTest, AnswersOnceAndEndsTheCall) {
  OneReport report;
  ApiServer server(report.Script());

  const RawResponse response = RawClient(server.port()).Ask(Get("/v1/status"));

  EXPECT_EQ(response.status, 200);
  const json status = json::parse(response.body);
  EXPECT_EQ(status["state"], "STATE_SERVING");
  EXPECT_EQ(status["picturesTotal"], "7");
  report.cancelled.AwaitAtLeast(1);
}

TEST(StatusHandlerTest, TakesTheNextRequestAfterAnAnswer) {
  OneReport report;
  ApiServer server(report.Script());
  RawClient client(server.port());

  EXPECT_EQ(client.Ask(Get("/v1/status")).status, 200);
  EXPECT_EQ(client.Ask(Get("/v1/status")).status, 200);
}

TEST(StatusHandlerTest, PassesEachReportOnAsAnEvent) {
  ApiServer server(Reports(2, grpc::Status::OK));

  const RawResponse response =
      RawClient(server.port()).Ask(Get("/v1/status", kEvents));

  EXPECT_EQ(response.Header("content-type"), "text/event-stream");
  EXPECT_EQ(response.Header("cache-control"), "no-store");
  EXPECT_THAT(response.body, HasSubstr("\"picturesTotal\":\"1\""));
  EXPECT_THAT(response.body, HasSubstr("}\n\ndata: {"));
  EXPECT_THAT(response.body, HasSubstr("\"picturesTotal\":\"2\""));
}

TEST(StatusHandlerTest, WritesAnEventAsSoonAsItIsThere) {
  OneReport report;
  ApiServer server(report.Script());
  RawClient client(server.port());

  client.Send(Get("/v1/status", kEvents));

  EXPECT_THAT(client.ReadUntil("\n\n"), HasSubstr("\"picturesTotal\":\"7\""));
}

TEST(StatusHandlerTest, CancelsTheCallWhenTheCallerHangsUp) {
  OneReport report;
  ApiServer server(report.Script());
  {
    RawClient client(server.port());
    client.Send(Get("/v1/status", kEvents));
    client.ReadUntil("\n\n");
  }

  report.cancelled.AwaitAtLeast(1);
  server.http().observer().AwaitExchanges(1);
}

TEST(StatusHandlerTest, EndsTheStreamWhenTheGatewayDrains) {
  OneReport report;
  ApiServer server(report.Script());
  RawClient client(server.port());
  client.Send(Get("/v1/status", kEvents));
  client.ReadUntil("\n\n");

  EXPECT_TRUE(server.http().listener().Drain(steady_clock::now() + hours(1)));

  EXPECT_TRUE(client.ReadRest().ends_with("0\r\n\r\n"));
}

TEST(StatusHandlerTest, EndsTheStreamOfARequestThatArrivesWithinADrain) {
  OneReport report;
  ApiServer server(report.Script());
  RawClient idle(server.port());
  RawClient client(server.port());
  const std::string request = Get("/v1/status", kEvents);
  // The server has the beginning of the second with the first.
  client.Ask(Get("/v1/models") + request.substr(0, 20));
  auto drained = std::async(std::launch::async, [&server] {
    return server.http().listener().Drain(steady_clock::now() + hours(1));
  });
  ASSERT_EQ(idle.ReadRest(), "");

  client.TrySend(request.substr(20));

  EXPECT_TRUE(drained.get());
}

TEST(StatusHandlerTest, SendsNoEventsForHead) {
  OneReport report;
  ApiServer server(report.Script());
  RawClient client(server.port());

  const RawResponse response = client.Ask(
      "HEAD /v1/status HTTP/1.1\r\nHost: h\r\n" + std::string(kEvents) + "\r\n",
      Content::kNone);

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(client.Ask(Get("/v1/status")).status, 200);
}

TEST(StatusHandlerTest, GivesTheServersErrorBeforeTheFirstReport) {
  const grpc::Status draining =
      test::ErrorWithReason(grpc::StatusCode::UNAVAILABLE, "DRAINING", "going");
  ApiServer server(Reports(0, draining));

  for (const char* headers : {"", kEvents}) {
    const RawResponse response =
        RawClient(server.port()).Ask(Get("/v1/status", headers));
    EXPECT_EQ(response.status, 503);
    EXPECT_THAT(response.body, HasSubstr("DRAINING"));
  }
}

TEST(StatusHandlerTest, SaysThatTheServerEndedWithoutAReport) {
  ApiServer server(Reports(0, grpc::Status::OK));

  EXPECT_EQ(RawClient(server.port()).Ask(Get("/v1/status")).status, 503);
}

TEST(StatusHandlerTest, RefusesADeadlineThatIsNone) {
  ApiServer server(Reports(1, grpc::Status::OK));

  EXPECT_EQ(RawClient(server.port())
                .Ask(Get("/v1/status", "X-Request-Timeout-Ms: x\r\n"))
                .status,
            400);
}

}  // namespace
}  // namespace wanwu::gateway
