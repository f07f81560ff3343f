#include "gateway/http/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "client/lib/rpc_error.h"
#include "gateway/errors/gateway_error.h"
#include "tests/gateway/support/held_handler.h"
#include "tests/gateway/support/http_server.h"
#include "tests/gateway/support/raw_client.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using boost::beast::http::verb;
using std::chrono::milliseconds;
using test::Content;
using test::Get;
using test::HeldHandler;
using test::HttpServer;
using test::Post;
using test::RawClient;
using test::RawResponse;
using ::testing::HasSubstr;

asio::awaitable<void> StreamOf(Exchange& exchange,
                               std::vector<std::string> chunks) {
  Response head{.headers = {{"Content-Type", "text/plain"}}};
  auto start = exchange.StartStream(std::move(head));
  bool open = co_await std::move(start);
  for (const std::string& chunk : chunks) {
    if (!open) break;
    auto write = exchange.WriteChunk(chunk);
    open = co_await std::move(write);
  }
  auto end = exchange.EndStream();
  co_await std::move(end);
}

// Writes until the caller does not take it.
asio::awaitable<void> EndlessStream(Exchange& exchange) {
  auto start = exchange.StartStream({});
  bool open = co_await std::move(start);
  const std::string chunk(64 << 10, 'x');
  while (open) {
    auto write = exchange.WriteChunk(chunk);
    open = co_await std::move(write);
  }
}

HttpServer::AddRoutes Streaming(std::vector<std::string> chunks) {
  return [chunks = std::move(chunks)](Router& router) {
    router.Add(verb::get, "/stream", [chunks](Exchange& exchange, auto&&) {
      return StreamOf(exchange, chunks);
    });
    router.Add(verb::get, "/ok", test::TextHandler([](auto&, auto&) {
                 return std::string("ok");
               }));
  };
}

HttpServer::AddRoutes Failing(absl::Status status) {
  return [status](Router& router) {
    router.Add(verb::get, "/fail", [status](Exchange& exchange, auto&&) {
      return exchange.Fail(status);
    });
  };
}

HttpServer::AddRoutes Held(HeldHandler& held) {
  return [&held](Router& router) {
    router.Add(verb::get, "/held", held.Get());
    router.Add(verb::get, "/next", test::TextHandler([](auto&, auto&) {
                 return std::string("next");
               }));
  };
}

TEST(ExchangeTest, StreamsInChunks) {
  const HttpServer server(Streaming({"one ", "", "two"}));
  RawClient client(server.port());

  const RawResponse response = client.Ask(Get("/stream"));

  EXPECT_EQ(response.Header("transfer-encoding"), "chunked");
  EXPECT_EQ(response.Header("content-length"), "");
  EXPECT_EQ(response.body, "one two");
}

TEST(ExchangeTest, TakesTheNextRequestAfterAStream) {
  const HttpServer server(Streaming({"one"}));
  RawClient client(server.port());
  client.Ask(Get("/stream"));

  EXPECT_EQ(client.Ask(Get("/ok")).body, "ok");
}

TEST(ExchangeTest, StreamsToTheOldVersionUntilItCloses) {
  const HttpServer server(Streaming({"one ", "two"}));
  RawClient client(server.port());

  const RawResponse response =
      client.Ask("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

  EXPECT_EQ(response.Header("transfer-encoding"), "");
  EXPECT_EQ(response.Header("connection"), "close");
  EXPECT_EQ(response.body, "one two");
}

TEST(ExchangeTest, StreamsNoContentForHead) {
  const HttpServer server(Streaming({"one", "two"}));
  RawClient client(server.port());

  client.Ask("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n", Content::kNone);

  EXPECT_EQ(client.Ask(Get("/ok")).body, "ok");
}

TEST(ExchangeTest, GivesUpOnACallerWhoDoesNotRead) {
  HttpServer server(
      [](Router& router) {
        router.Add(verb::get, "/endless", [](Exchange& exchange, auto&&) {
          return EndlessStream(exchange);
        });
      },
      {.limits = {.write_timeout = milliseconds(50)}});
  RawClient client(server.port());
  client.ShrinkReceiveBuffer();

  client.Send(Get("/endless"));

  server.observer().AwaitExchanges(1);
  server.observer().AwaitConnections(0);
}

TEST(ExchangeTest, WritesErrorsWithTheirStatusAndDetails) {
  const HttpServer server(Failing(FieldError("top_k", "too large")));
  RawClient client(server.port());

  const RawResponse response = client.Ask(Get("/fail"));

  EXPECT_EQ(response.status_line, "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(response.Header("content-type"), "application/json");
  EXPECT_THAT(response.body, HasSubstr("FIELD_INVALID"));
}

TEST(ExchangeTest, SaysWhenToRetry) {
  const HttpServer server(Failing(BufferFullError(1)));
  RawClient client(server.port());

  EXPECT_EQ(client.Ask(Get("/fail")).Header("retry-after"), "1");
}

TEST(ExchangeTest, ForbidsSniffingWhateverTheAnswerIs) {
  const auto sniffing = [](const HttpServer& server, const std::string& sent) {
    return RawClient(server.port()).Ask(sent).Header("x-content-type-options");
  };
  const HttpServer failing(Failing(absl::NotFoundError("")));
  const HttpServer streaming(Streaming({"one"}));

  EXPECT_EQ(sniffing(failing, Get("/fail")), "nosniff");
  EXPECT_EQ(sniffing(failing, "malformed\r\n\r\n"), "nosniff");
  EXPECT_EQ(sniffing(streaming, Get("/stream")), "nosniff");
  EXPECT_EQ(sniffing(streaming, Get("/ok")), "nosniff");
  EXPECT_EQ(sniffing(streaming, "OPTIONS /ok HTTP/1.1\r\nHost: h\r\n\r\n"),
            "nosniff");
}

TEST(ExchangeTest, TellsTheObserverWhy) {
  HttpServer server(Failing(FieldError("top_k", "too large")));
  RawClient(server.port()).Ask(Get("/fail"));

  const auto told = server.observer().AwaitExchanges(1);

  EXPECT_EQ(told.status, 400);
  EXPECT_EQ(client::DescribeError(told.error).reason, kFieldInvalid);
}

TEST(ExchangeTest, AnswersWhatTheServerCancelledToACallerWhoIsThere) {
  const HttpServer server(Failing(absl::CancelledError("the server drains")));
  RawClient client(server.port());

  EXPECT_EQ(client.Ask(Get("/fail")).status, 503);
}

TEST(ExchangeTest, SendsNoLengthWithoutContent) {
  const HttpServer server([](Router& router) {
    router.Add(verb::get, "/nothing", [](Exchange& exchange, auto&&) {
      return exchange.Respond({.status = 204});
    });
  });
  RawClient client(server.port());

  const RawResponse response = client.Ask(Get("/nothing"));

  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.Header("content-length"), "");
}

TEST(ExchangeTest, TellsAWaitingHandlerThatTheCallerHungUp) {
  HeldHandler held;
  HttpServer server(Held(held));
  {
    RawClient client(server.port());
    client.Send(Get("/held"));
    held.AwaitHeld();
  }

  EXPECT_EQ(server.observer().AwaitExchanges(1).status, 499);
  EXPECT_EQ(held.gone(), 1);
}

TEST(ExchangeTest, TellsAWaitingHandlerOfAReset) {
  HeldHandler held;
  HttpServer server(Held(held));
  RawClient client(server.port());
  client.Send(Get("/held"));
  held.AwaitHeld();

  client.Reset();

  EXPECT_EQ(server.observer().AwaitExchanges(1).status, 499);
  EXPECT_EQ(held.gone(), 1);
}

TEST(ExchangeTest, TellsOnceWhoeverElseBreaksTheConnectionOff) {
  HeldHandler held;
  held.goes_with_the_caller = false;
  HttpServer server(Held(held));
  {
    RawClient client(server.port());
    client.Send(Get("/held"));
    held.AwaitHeld();
  }
  held.AwaitGone();
  std::thread drain(
      [&server] { server.listener().Drain(std::chrono::steady_clock::now()); });

  held.LetGo();
  drain.join();

  EXPECT_EQ(held.gone(), 1);
}

TEST(ExchangeTest, TellsNothingWhenTheCallerWaits) {
  HeldHandler held;
  HttpServer server(Held(held));
  RawClient client(server.port());
  client.Send(Get("/held"));
  held.AwaitHeld();

  held.LetGo();

  EXPECT_EQ(client.Read().body, "done");
  EXPECT_EQ(held.gone(), 0);
}

TEST(ExchangeTest, KeepsARequestThatComesWhileItWatches) {
  HeldHandler held;
  HttpServer server(Held(held));
  RawClient client(server.port());
  client.Send(Get("/held"));
  held.AwaitHeld();

  client.Send(Get("/next"));
  held.LetGo();

  EXPECT_EQ(client.Read().body, "done");
  EXPECT_EQ(client.Read().body, "next");
  EXPECT_EQ(held.gone(), 0);
}

TEST(ExchangeTest, TakesUnreadContentForNoHangUp) {
  HeldHandler held;
  HttpServer server(Held(held));
  RawClient client(server.port());
  client.Send("GET /held HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n");
  held.AwaitHeld();

  client.Send("body");
  held.LetGo();

  EXPECT_EQ(client.Read().Header("connection"), "close");
  EXPECT_EQ(held.gone(), 0);
}

}  // namespace
}  // namespace wanwu::gateway
