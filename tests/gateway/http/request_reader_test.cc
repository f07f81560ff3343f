#include "gateway/http/request_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include "tests/gateway/support/held_handler.h"
#include "tests/gateway/support/http_server.h"
#include "tests/gateway/support/raw_client.h"

namespace wanwu::gateway {
namespace {

using boost::beast::http::verb;
using std::chrono::milliseconds;
using test::Content;
using test::EchoHandler;
using test::Get;
using test::HttpServer;
using test::Post;
using test::RawClient;
using test::RawResponse;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint64_t kLimit = 100;

void AddEcho(Router& router) {
  router.Add(verb::post, "/echo", EchoHandler(kLimit));
  router.Add(verb::get, "/ok",
             test::TextHandler([](auto&, auto&) { return std::string("ok"); }));
}

// `pieces` as a chunked request of /echo.
std::string Chunked(const std::vector<std::string>& pieces,
                    const std::string& rest = "0\r\n\r\n") {
  std::string text =
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& piece : pieces) {
    char size[20];
    snprintf(size, sizeof(size), "%zx\r\n", piece.size());
    text += size + piece + "\r\n";
  }
  return text + rest;
}

RawResponse AnswerTo(const std::string& request) {
  const HttpServer server(AddEcho);
  return RawClient(server.port()).Ask(request);
}

void ExpectMalformed(const std::string& request) {
  const HttpServer server(AddEcho);
  RawClient client(server.port());

  const RawResponse response = client.Ask(request);

  EXPECT_EQ(response.status, 400) << request;
  EXPECT_THAT(response.body, HasSubstr("HTTP_MALFORMED")) << request;
  EXPECT_EQ(response.Header("connection"), "close");
  EXPECT_EQ(client.ReadRest(), "");
}

TEST(RequestReaderTest, ReadsABodyOfAGivenLength) {
  EXPECT_EQ(AnswerTo(Post("/echo", "a body")).body, "a body");
}

// As old callers send it, whatever Content-Length says.
TEST(RequestReaderTest, PassesOverOneEmptyLineBehindABody) {
  const HttpServer server(AddEcho);
  RawClient client(server.port());

  EXPECT_EQ(client.Ask(Post("/echo", "one") + "\r\n").body, "one");
  client.Send("\r\n");
  EXPECT_EQ(client.Ask(Post("/echo", "two")).status, 400);
}

TEST(RequestReaderTest, PassesOverAnEmptyLineThatComesInPieces) {
  const HttpServer server(AddEcho);
  RawClient client(server.port());

  EXPECT_EQ(client.Ask(Post("/echo", "one") + "\r").body, "one");
  client.Send("\n");
  EXPECT_EQ(client.Ask(Post("/echo", "two")).body, "two");
}

TEST(RequestReaderTest, PutsChunksTogether) {
  EXPECT_EQ(AnswerTo(Chunked({"a ", "body", " of chunks"})).body,
            "a body of chunks");
}

TEST(RequestReaderTest, PassesOverChunkExtensionsAndTrailers) {
  EXPECT_EQ(AnswerTo("POST /echo HTTP/1.1\r\nHost: h\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n"
                     "3;name=\"value\"\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n")
                .body,
            "abc");
}

TEST(RequestReaderTest, ReadsRequestsThatArriveByteByByte) {
  const HttpServer server(AddEcho);
  RawClient client(server.port());

  for (const char byte : Chunked({"one", "two"})) {
    client.Send({&byte, 1});
  }

  EXPECT_EQ(client.Read().body, "onetwo");
}

TEST(RequestReaderTest, ReadsChunksSplitAnywhere) {
  const HttpServer server(AddEcho);
  RawClient client(server.port());
  const std::string request = Chunked({"one", "two"});
  for (std::size_t i = 1; i < request.size(); ++i) {
    client.Send(std::string_view(request).substr(0, i));
    client.Send(std::string_view(request).substr(i));

    ASSERT_EQ(client.Read().body, "onetwo") << i;
  }
}

TEST(RequestReaderTest, AsksForTheBodyThatACallerHoldsBack) {
  const HttpServer server(AddEcho);
  RawClient client(server.port());
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n"
      "Content-Length: 4\r\n\r\n");

  EXPECT_EQ(client.Read().status, 100);
  EXPECT_EQ(client.Ask("body").body, "body");
}

TEST(RequestReaderTest, AsksForNoBodyUnlessTold) {
  EXPECT_EQ(AnswerTo(Post("/echo", "body")).status, 200);
}

TEST(RequestReaderTest, AsksForNoBodyThatIsEmpty) {
  EXPECT_EQ(AnswerTo(Post("/echo", "", "Expect: 100-continue\r\n")).status,
            200);
}

TEST(RequestReaderTest, AsksCallersOfTheOldVersionForNothing) {
  const HttpServer server(AddEcho);
  RawClient client(server.port());

  EXPECT_EQ(client
                .Ask("POST /echo HTTP/1.0\r\nExpect: 100-continue\r\n"
                     "Content-Length: 4\r\n\r\nbody")
                .status,
            200);
}

TEST(RequestReaderTest, RefusesATooLargeBodyWithoutAskingForIt) {
  const HttpServer server(AddEcho);
  RawClient client(server.port());

  const RawResponse response = client.Ask(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
      "Content-Length: 101\r\n\r\n");

  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.Header("connection"), "close");
}

TEST(RequestReaderTest, RefusesATooLargeBodyBeforeItComes) {
  const RawResponse response =
      AnswerTo("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n");

  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.body, HasSubstr("BODY_TOO_LARGE"));
}

TEST(RequestReaderTest, RefusesChunksOnceTheyExceedTheLimit) {
  EXPECT_EQ(AnswerTo(Chunked({std::string(60, 'x'), std::string(41, 'y')}, ""))
                .status,
            413);
}

TEST(RequestReaderTest, TakesABodyOfExactlyTheLimit) {
  EXPECT_EQ(AnswerTo(Post("/echo", std::string(kLimit, 'x'))).status, 200);
  EXPECT_EQ(AnswerTo(Chunked({std::string(kLimit, 'x')})).status, 200);
}

TEST(RequestReaderTest, RefusesHeadersAboveTheLimit) {
  const HttpServer server(AddEcho, {.limits = {.max_header_bytes = 1024}});
  RawClient client(server.port());

  const RawResponse response =
      client.Ask(Get("/ok", "X: " + std::string(1024, 'x') + "\r\n"));

  EXPECT_EQ(response.status, 431);
  EXPECT_THAT(response.body, HasSubstr("HEADERS_TOO_LARGE"));
  EXPECT_EQ(client.ReadRest(), "");
}

// Each costs far more memory than the bytes that it arrived in.
TEST(RequestReaderTest, RefusesMoreHeadersThanARequestNeeds) {
  const auto with = [](int count) {
    std::string headers;
    for (int i = 0; i < count; ++i) headers += "a:\r\n";
    return AnswerTo(Post("/echo", "b", headers));
  };

  // Beside Host and Content-Length.
  EXPECT_EQ(with(98).status, 200);
  const RawResponse refusal = with(99);
  EXPECT_EQ(refusal.status, 431);
  EXPECT_THAT(refusal.body, HasSubstr("HEADERS_TOO_LARGE"));
}

TEST(RequestReaderTest, RefusesARequestLineAboveTheLimit) {
  const HttpServer server(AddEcho, {.limits = {.max_header_bytes = 1024}});
  RawClient client(server.port());

  EXPECT_EQ(client.Ask("GET /" + std::string(2000, 'x')).status, 431);
}

TEST(RequestReaderTest, RefusesExpectationsThatItCannotMeet) {
  EXPECT_EQ(AnswerTo(Post("/echo", "x", "Expect: a-miracle\r\n")).status, 417);
}

TEST(RequestReaderTest, RefusesMalformedHttp) {
  ExpectMalformed("not http\r\n\r\n");
  ExpectMalformed("GET /ok HTTP/2.0\r\nHost: h\r\n\r\n");
  ExpectMalformed("GET /ok HTTP/1.1\r\nHost h\r\n\r\n");
  ExpectMalformed("GET /ok HTTP/1.1\r\nHost: h\r\nX Y: z\r\n\r\n");
  ExpectMalformed("GET ok HTTP/1.1\r\nHost: h\r\n\r\n");
  ExpectMalformed("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n");
}

TEST(RequestReaderTest, RefusesAMissingOrRepeatedHost) {
  ExpectMalformed("GET /ok HTTP/1.1\r\n\r\n");
  ExpectMalformed("GET /ok HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
}

TEST(RequestReaderTest, AsksTheOldVersionForNoHost) {
  EXPECT_EQ(AnswerTo("GET /ok HTTP/1.0\r\n\r\n").status, 200);
}

TEST(RequestReaderTest, RefusesBodiesWhoseEndIsInDoubt) {
  const std::string start = "POST /echo HTTP/1.1\r\nHost: h\r\n";
  ExpectMalformed(start +
                  "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "0\r\n\r\n");
  ExpectMalformed(start +
                  "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"
                  "0\r\n\r\n");
  ExpectMalformed(start + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd");
  ExpectMalformed(start + "Content-Length: 3x\r\n\r\nabc");
  ExpectMalformed(start + "Content-Length: -1\r\n\r\n");
  ExpectMalformed(start + "Transfer-Encoding: gzip\r\n\r\n");
  ExpectMalformed(start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
  ExpectMalformed(start +
                  "Transfer-Encoding: chunked\r\n"
                  "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n");
}

TEST(RequestReaderTest, RefusesChunksOfTheOldVersion) {
  const RawResponse refusal = AnswerTo(
      "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\nbody\r\n0\r\n\r\n");

  EXPECT_EQ(refusal.status, 400);
  EXPECT_EQ(refusal.Header("connection"), "close");
}

TEST(RequestReaderTest, RefusesMalformedChunks) {
  EXPECT_EQ(AnswerTo(Chunked({}, "zz\r\nabc\r\n0\r\n\r\n")).status, 400);
  EXPECT_EQ(AnswerTo(Chunked({}, "3\r\nabcd\r\n0\r\n\r\n")).status, 400);
  EXPECT_EQ(AnswerTo(Chunked({}, "fffffffffffffffff\r\n")).status, 400);
}

TEST(RequestReaderTest, RefusesChunkExtensionsAndTrailersWithoutEnd) {
  const std::string endless(200 << 10, 'x');

  EXPECT_EQ(AnswerTo(Chunked({"a"}, "1;" + endless)).status, 400);
  EXPECT_EQ(AnswerTo(Chunked({"a"}, "0\r\nX: " + endless)).status, 400);
}

TEST(RequestReaderTest, GivesUpOnHeadersThatTakeTooLong) {
  const HttpServer server(AddEcho,
                          {.limits = {.header_timeout = milliseconds(50)}});
  RawClient client(server.port());

  const RawResponse response = client.Ask("GET /ok HTTP/1.1\r\nHo");

  EXPECT_EQ(response.status, 408);
  EXPECT_THAT(response.body, HasSubstr("REQUEST_TIMEOUT"));
  EXPECT_EQ(response.Header("connection"), "close");
}

TEST(RequestReaderTest, DripFeedingDoesNotProlongTheTimeForHeaders) {
  HttpServer server(AddEcho, {.limits = {.idle_timeout = milliseconds(50),
                                         .header_timeout = milliseconds(100)}});
  RawClient client(server.port());

  client.Send("GET /ok HTTP/1.1\r\nX: ");
  auto refusal = std::async(std::launch::async, [&server] {
    return server.observer().AwaitRefusal();
  });
  while (refusal.wait_for(milliseconds(5)) != std::future_status::ready) {
    client.TrySend("x");
  }

  EXPECT_EQ(refusal.get(), 408);
}

TEST(RequestReaderTest, GivesUpOnABodyThatTakesTooLong) {
  const HttpServer server(AddEcho,
                          {.limits = {.body_timeout = milliseconds(50)}});
  RawClient client(server.port());

  const RawResponse response = client.Ask(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\npart");

  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(response.Header("connection"), "close");
}

TEST(RequestReaderTest, AllowsABodyTheTimeOfTheSlowestRate) {
  // One byte a minute: what has come allows for all the time of this test.
  const HttpServer server(AddEcho, {.limits = {.body_timeout = milliseconds(50),
                                               .min_body_rate = 1}});
  RawClient client(server.port());
  client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\n" +
              std::string(98, 'x'));
  std::promise<void> never;
  ASSERT_EQ(never.get_future().wait_for(milliseconds(200)),
            std::future_status::timeout);

  EXPECT_EQ(client.Ask("y").status, 200);
}

TEST(RequestReaderTest, ClosesIdleConnectionsWithoutAWord) {
  const HttpServer server(AddEcho,
                          {.limits = {.idle_timeout = milliseconds(50)}});
  RawClient client(server.port());
  ASSERT_EQ(client.Ask(Get("/ok")).status, 200);

  EXPECT_EQ(client.ReadRest(), "");
}

TEST(RequestReaderTest, TellsOfNoRequestWhenTheCallerLeavesBetweenTwo) {
  HttpServer server(AddEcho);
  {
    RawClient client(server.port());
    ASSERT_EQ(client.Ask(Get("/ok")).status, 200);
  }
  server.observer().AwaitConnections(0);

  EXPECT_EQ(server.observer().exchanges(), 1U);
}

TEST(RequestReaderTest, CountsCallersWhoLeaveWithinAHeadAsGone) {
  HttpServer server(AddEcho);
  RawClient(server.port()).Send("GET /ok HT");

  EXPECT_EQ(server.observer().AwaitRefusal(), 499);
}

TEST(RequestReaderTest, CountsCallersWhoLeaveWithinABodyAsGone) {
  HttpServer server(AddEcho);
  RawClient(server.port())
      .Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");

  EXPECT_EQ(server.observer().AwaitExchanges(1).status, 499);
}

TEST(RequestReaderTest, CountsWhatItHoldsOfARequest) {
  test::HeldHandler held;
  HttpServer server(
      [&held](Router& router) { router.Add(verb::get, "/held", held.Get()); });
  RawClient client(server.port());
  const std::string padding(10'000, 'x');

  client.Send(Get("/held", "X-Padding: " + padding + "\r\n"));
  held.AwaitHeld();

  EXPECT_GE(server.budget().used(), padding.size());
  held.LetGo();
  client.Read();
  server.observer().AwaitExchanges(1);
  EXPECT_EQ(server.budget().used(), 0U);
}

TEST(RequestReaderTest, RefusesHeadsBeyondTheBuffers) {
  const HttpServer server(AddEcho, {.budget = 5000});
  const std::string padding(10'000, 'x');

  const RawResponse response =
      RawClient(server.port())
          .Ask(Get("/ok", "X-Padding: " + padding + "\r\n"));

  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("BUFFER_FULL"));
}

TEST(RequestReaderTest, RefusesBodiesBeyondTheBuffers) {
  HttpServer server(AddEcho, {.budget = 10});
  RawClient client(server.port());

  const RawResponse response = client.Ask(Post("/echo", "eleven bytes"));

  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("BUFFER_FULL"));
  EXPECT_EQ(response.Header("retry-after"), "1");
  EXPECT_EQ(server.budget().used(), 0U);
}

}  // namespace
}  // namespace wanwu::gateway
