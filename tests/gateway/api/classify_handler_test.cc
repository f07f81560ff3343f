#include "gateway/api/classify_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/client/support/temporary_directory.h"
#include "tests/gateway/support/api_server.h"
#include "tests/gateway/support/raw_client.h"
#include "tests/support/gate.h"

namespace wanwu::gateway {
namespace {

using nlohmann::json;
using test::ApiServer;
using test::ErrorWithReason;
using test::JsonPost;
using test::LabelResponse;
using test::Post;
using test::RawClient;
using test::RawResponse;
using test::SeenCall;
using ::testing::AllOf;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;

constexpr char kTrace[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

// Answers with the picture's bytes as the label, and keeps what came.
struct Echo {
  test::Script Script() {
    return {
        .classify = [this](auto& context, const auto& request, auto& response) {
          seen.Note(context);
          last = request;
          response = LabelResponse(request.image());
          return grpc::Status::OK;
        }};
  }

  SeenCall seen;
  v1::ClassifyRequest last;
};

test::Script Failing(const grpc::Status& status) {
  return {.classify = [status](auto&, auto&, auto&) { return status; }};
}

RawResponse Ask(ApiServer& server, const std::string& request) {
  return RawClient(server.port()).Ask(request);
}

std::string ReasonIn(const RawResponse& response) {
  return json::parse(response.body)["error"]["details"][0]["reason"];
}

TEST(ClassifyHandlerTest, AnswersARawPicture) {
  Echo echo;
  ApiServer server(echo.Script());

  const RawResponse response = Ask(
      server, Post("/v1/classify", "pixels", "Content-Type: image/jpeg\r\n"));

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("content-type"), "application/json");
  const json answer = json::parse(response.body);
  EXPECT_EQ(answer["classifications"][0]["label"], "pixels");
  EXPECT_EQ(answer["classifications"][0]["wordnetId"], "n02123045");
  EXPECT_EQ(answer["timings"]["batchSize"], 1);
}

TEST(ClassifyHandlerTest, LooksAtTheBytesWhateverTheirTypeIsCalled) {
  Echo echo;
  ApiServer server(echo.Script());

  for (const char* header :
       {"", "Content-Type: application/octet-stream\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: image/x-unheard-of; q=1\r\n"}) {
    EXPECT_EQ(Ask(server, Post("/v1/classify", "p", header)).status, 200)
        << header;
  }
}

TEST(ClassifyHandlerTest, PassesTheOptionsOfTheQueryOn) {
  Echo echo;
  ApiServer server(echo.Script());

  Ask(server, Post("/v1/classify?top_k=3&model=m&language_code=zh", "p"));

  EXPECT_EQ(echo.last.top_k(), 3);
  EXPECT_EQ(echo.last.model(), "m");
  EXPECT_EQ(echo.last.language_code(), "zh");
}

TEST(ClassifyHandlerTest, AnswersAJsonRequestLikeARawPicture) {
  Echo echo;
  ApiServer server(echo.Script());

  const RawResponse response =
      Ask(server, JsonPost(R"({"image": "cGl4ZWxz", "topK": 2})"));

  EXPECT_EQ(json::parse(response.body)["classifications"][0]["label"],
            "pixels");
  EXPECT_EQ(echo.last.top_k(), 2);
}

TEST(ClassifyHandlerTest, LetsTheBodyWinOverTheQuery) {
  Echo echo;
  ApiServer server(echo.Script());
  const std::string body = R"({"image": "YQ==", "topK": 2})";

  Ask(server, Post("/v1/classify?top_k=9&model=m", body,
                   "Content-Type: application/json\r\n"));

  EXPECT_EQ(echo.last.top_k(), 2);
  EXPECT_EQ(echo.last.model(), "m");
}

TEST(ClassifyHandlerTest, RefusesUnknownParameters) {
  ApiServer server({});

  const RawResponse response = Ask(server, Post("/v1/classify?topk=3", "p"));

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(ReasonIn(response), "FIELD_INVALID");
}

TEST(ClassifyHandlerTest, RefusesOtherContentTypes) {
  ApiServer server({});

  for (const char* type : {"text/plain", "video/mp4", "text/\xff"}) {
    const RawResponse response =
        Ask(server, Post("/v1/classify", "p",
                         std::string("Content-Type: ") + type + "\r\n"));
    EXPECT_EQ(response.status, 415) << type;
    EXPECT_EQ(ReasonIn(response), "CONTENT_TYPE_UNSUPPORTED");
  }
}

TEST(ClassifyHandlerTest, RefusesEncodedBodies) {
  ApiServer server({});

  EXPECT_EQ(Ask(server, Post("/v1/classify", "p", "Content-Encoding: gzip\r\n"))
                .status,
            415);
}

TEST(ClassifyHandlerTest, TellsWhoSendsAFileAsCurlsDataHowToSendIt) {
  Echo echo;
  ApiServer server(echo.Script());

  const RawResponse response =
      Ask(server, Post("/v1/classify", "\x89PNG\x1A",
                       "Content-Type: application/x-www-form-urlencoded\r\n"));

  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("--data-binary"));
}

TEST(ClassifyHandlerTest, TakesABodyThatIsNotEncoded) {
  Echo echo;
  ApiServer server(echo.Script());

  EXPECT_EQ(
      Ask(server, Post("/v1/classify", "p", "Content-Encoding: identity\r\n"))
          .status,
      200);
}

TEST(ClassifyHandlerTest, RefusesPicturesAboveTheLimit) {
  Echo echo;
  ApiServer server(echo.Script(),
                   {.limits = {.request = {.max_image_bytes = 4}}});

  EXPECT_EQ(Ask(server, Post("/v1/classify", "four")).status, 200);
  EXPECT_EQ(Ask(server, Post("/v1/classify", "five!")).status, 413);
}

TEST(ClassifyHandlerTest, RefusesJsonAboveTheLimit) {
  ApiServer server({}, {.limits = {.request = {.max_json_bytes = 10}}});

  EXPECT_EQ(Ask(server, JsonPost(R"({"topK": 123})")).status, 413);
}

TEST(ClassifyHandlerTest, RefusesMalformedJson) {
  ApiServer server({});

  const RawResponse response = Ask(server, JsonPost("{"));

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(ReasonIn(response), "JSON_MALFORMED");
}

TEST(ClassifyHandlerTest, GivesTheServersErrorWithItsDetails) {
  ApiServer server(Failing(ErrorWithReason(grpc::StatusCode::INVALID_ARGUMENT,
                                           "IMAGE_UNSUPPORTED", "what is it")));

  const RawResponse response = Ask(server, Post("/v1/classify", "p"));

  EXPECT_EQ(response.status, 415);
  const json error = json::parse(response.body)["error"];
  EXPECT_EQ(error["code"], 415);
  EXPECT_EQ(error["status"], "INVALID_ARGUMENT");
  EXPECT_EQ(error["message"], "what is it");
  EXPECT_EQ(error["details"][0]["reason"], "IMAGE_UNSUPPORTED");
  EXPECT_EQ(error["details"][0]["domain"], "wanwu");
}

TEST(ClassifyHandlerTest, SaysWhenToTryABusyServerAgain) {
  const google::rpc::Status full =
      test::QueueFullAnswer("", std::chrono::milliseconds(1500)).error();
  ApiServer server(Failing({grpc::StatusCode::RESOURCE_EXHAUSTED, "full",
                            full.SerializeAsString()}));

  const RawResponse response = Ask(server, Post("/v1/classify", "p"));

  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.Header("retry-after"), "2");
}

TEST(ClassifyHandlerTest, SaysThatTheServerCannotBeReached) {
  const test::TemporaryDirectory directory;
  ApiServer server({}, {.server_address = "unix:" + directory.path() + "/no"});

  const RawResponse response = Ask(server, Post("/v1/classify", "p"));

  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.Header("retry-after"), "1");
  EXPECT_EQ(ReasonIn(response), "SERVER_UNREACHABLE");
  EXPECT_THAT(response.body, Not(HasSubstr(directory.path())));
}

TEST(ClassifyHandlerTest, AnswersWhatTheServerCancelledAsUnavailable) {
  ApiServer server(Failing(grpc::Status::CANCELLED));

  EXPECT_EQ(Ask(server, Post("/v1/classify", "p")).status, 503);
}

// gRPC rounds deadlines up on their way, so the bounds are wide.
TEST(ClassifyHandlerTest, SendsTheCallersDeadlineToTheServer) {
  Echo echo;
  ApiServer server(echo.Script());

  Ask(server, Post("/v1/classify", "p", "X-Request-Timeout-Ms: 600000\r\n"));

  EXPECT_THAT(echo.seen.TimeLeft()->count(), AllOf(Gt(500'000), Le(610'000)));
}

TEST(ClassifyHandlerTest, SendsTheConfiguredDeadlineWithoutOne) {
  Echo echo;
  ApiServer server(echo.Script(),
                   {.defaults = {.timeout = std::chrono::minutes(20)}});

  Ask(server, Post("/v1/classify", "p"));

  EXPECT_THAT(echo.seen.TimeLeft()->count(), AllOf(Gt(600'000), Le(1'220'000)));
}

TEST(ClassifyHandlerTest, GivesUpAtTheDeadline) {
  ApiServer server({.classify = [](auto& context, auto&, auto&) {
    return test::WaitForCancel(context);
  }});

  const RawResponse response =
      Ask(server, Post("/v1/classify", "p", "X-Request-Timeout-Ms: 50\r\n"));

  EXPECT_EQ(response.status, 504);
}

TEST(ClassifyHandlerTest, RefusesDeadlinesAndPrioritiesThatAreNone) {
  ApiServer server({});

  for (const char* header :
       {"X-Request-Timeout-Ms: 0\r\n", "X-Request-Timeout-Ms: 3600001\r\n",
        "X-Request-Timeout-Ms: soon\r\n", "X-Wanwu-Priority: urgent\r\n"}) {
    const RawResponse response = Ask(server, Post("/v1/classify", "p", header));
    EXPECT_EQ(response.status, 400) << header;
    EXPECT_EQ(ReasonIn(response), "FIELD_INVALID");
  }
}

TEST(ClassifyHandlerTest, PassesTheCallersIdentityOn) {
  Echo echo;
  ApiServer server(echo.Script());

  Ask(server, Post("/v1/classify", "p",
                   std::string("X-Request-Id: mine\r\ntraceparent: ") + kTrace +
                       "\r\nX-Wanwu-Priority: bulk\r\n"));

  EXPECT_EQ(echo.seen.Metadata("x-request-id"), "mine");
  EXPECT_EQ(echo.seen.Metadata("traceparent"), kTrace);
  EXPECT_EQ(echo.seen.Metadata("wanwu-priority"), "bulk");
  EXPECT_EQ(echo.seen.Metadata("wanwu-client"), "127.0.0.1");
}

TEST(ClassifyHandlerTest, GivesTheServerTheRequestIdThatTheCallerGets) {
  Echo echo;
  ApiServer server(echo.Script());

  const RawResponse response = Ask(server, Post("/v1/classify", "p"));

  EXPECT_EQ(echo.seen.Metadata("x-request-id"),
            response.Header("x-request-id"));
  EXPECT_EQ(echo.seen.Metadata("authorization"), "");
  EXPECT_EQ(echo.seen.Metadata("wanwu-priority"), "");
}

TEST(ClassifyHandlerTest, AnswersACallerWhoOnlyEndsTheSendingSide) {
  test_support::Gate gate;
  gate.Close();
  ApiServer server(
      {.classify = [&](auto&, const auto& request, auto& response) {
        gate.Pass();
        response = LabelResponse(request.image());
        return grpc::Status::OK;
      }});
  RawClient client(server.port());
  client.Send(Post("/v1/classify", "pixels"));
  gate.AwaitHeld(1);

  client.EndSending();
  // The end has been noticed.
  client.ReadUntil("HTTP/1.1 100 Continue\r\n\r\n");
  gate.Open();

  const RawResponse response = client.Read();
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("pixels"));
  EXPECT_EQ(response.Header("connection"), "close");
  EXPECT_EQ(client.ReadRest(), "");
}

// HTTP/1.0 knows no 100.
TEST(ClassifyHandlerTest, AnswersAnOldCallerWhoEndsTheSendingSide) {
  Echo echo;
  ApiServer server(echo.Script());
  RawClient client(server.port());
  client.Send("POST /v1/classify HTTP/1.0\r\nContent-Length: 6\r\n\r\npixels");
  client.EndSending();

  const RawResponse response = client.Read();
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("pixels"));
}

TEST(ClassifyHandlerTest, CancelsTheCallWhenTheCallerHangsUp) {
  test_support::Counter begun;
  test_support::Counter cancelled;
  ApiServer server({.classify = [&](auto& context, auto&, auto&) {
    begun.Add();
    const grpc::Status status = test::WaitForCancel(context);
    cancelled.Add();
    return status;
  }});
  {
    RawClient client(server.port());
    client.Send(Post("/v1/classify", "p"));
    begun.AwaitAtLeast(1);
  }

  cancelled.AwaitAtLeast(1);
  EXPECT_EQ(server.http().observer().AwaitExchanges(1).status, 499);
}

TEST(ClassifyHandlerTest, GivesTheBuffersBack) {
  Echo echo;
  ApiServer server(echo.Script());

  Ask(server, Post("/v1/classify", std::string(100'000, 'x')));
  server.http().observer().AwaitExchanges(1);

  EXPECT_EQ(server.http().budget().used(), 0U);
}

TEST(ClassifyHandlerTest, RefusesPicturesBeyondTheBuffers) {
  ApiServer server({}, {.http = {.budget = 10}});

  const RawResponse response =
      Ask(server, Post("/v1/classify", std::string(11, 'x')));

  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(ReasonIn(response), "BUFFER_FULL");
}

}  // namespace
}  // namespace wanwu::gateway
