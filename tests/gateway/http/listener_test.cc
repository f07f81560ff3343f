#include "gateway/http/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <vector>

#include "tests/gateway/support/certificate.h"
#include "tests/gateway/support/held_handler.h"
#include "tests/gateway/support/http_server.h"
#include "tests/gateway/support/raw_client.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using boost::beast::http::verb;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::Get;
using test::HeldHandler;
using test::HttpServer;
using test::Post;
using test::RawClient;
using test::RawResponse;
using ::testing::HasSubstr;
using ::testing::StartsWith;

HttpServer::AddRoutes With(HeldHandler& held) {
  return [&held](Router& router) {
    router.Add(verb::get, "/held", held.Get());
    router.Add(verb::get, "/ok", test::TextHandler([](auto&, auto&) {
                 return std::string("ok");
               }));
    router.Add(verb::post, "/echo", test::EchoHandler());
  };
}

class ListenerTest : public ::testing::Test {
 protected:
  void Start(const test::HttpServerOptions& options = {}) {
    server_.emplace(With(held_), options);
  }

  // Drains without end on a thread of its own.
  std::future<bool> DrainInBackground() {
    return std::async(std::launch::async, [this] {
      return server_->listener().Drain(steady_clock::now() + hours(1));
    });
  }

  HeldHandler held_;
  std::optional<HttpServer> server_;
};

TEST_F(ListenerTest, ServesManyConnectionsOnManyThreads) {
  Start({.threads = 3});
  std::vector<std::future<int>> clients;
  for (int i = 0; i < 12; ++i) {
    clients.push_back(std::async(std::launch::async, [this] {
      RawClient client(server_->port());
      int good = 0;
      for (int request = 0; request < 20; ++request) {
        good += client.Ask(Post("/echo", "x")).body == "x" ? 1 : 0;
      }
      return good;
    }));
  }

  for (auto& client : clients) EXPECT_EQ(client.get(), 20);
}

TEST_F(ListenerTest, SaysWhyItCannotListen) {
  Start();
  const Router router{CorsPolicy()};
  const HttpLimits limits;
  ByteBudget budget(1);
  test::RecordingObserver observer;
  const std::string taken = "127.0.0.1:" + std::to_string(server_->port());

  const auto listener =
      Listener::Listen({.address = taken}, {.router = router,
                                            .limits = limits,
                                            .budget = budget,
                                            .observer = observer});

  ASSERT_TRUE(absl::IsUnavailable(listener.status()));
  EXPECT_THAT(std::string(listener.status().message()),
              StartsWith("cannot listen on " + taken));
}

TEST_F(ListenerTest, RefusesConnectionsAboveItsLimit) {
  Start({.max_connections = 1});
  RawClient first(server_->port());
  first.Send(Get("/held"));
  held_.AwaitHeld();

  RawClient second(server_->port());
  const RawResponse refusal = second.Read();

  EXPECT_EQ(refusal.status, 503);
  EXPECT_THAT(refusal.body, HasSubstr("CONNECTIONS_FULL"));
  EXPECT_EQ(refusal.Header("connection"), "close");
  EXPECT_EQ(second.ReadRest(), "");
  EXPECT_EQ(server_->observer().AwaitRefusal(), 503);
  held_.LetGo();
  EXPECT_EQ(first.Read().body, "done");
}

// They would hold buffers each while they linger.
TEST_F(ListenerTest, KeepsNothingOfConnectionsAboveItsLimit) {
  Start({.max_connections = 1});
  RawClient first(server_->port());
  first.Send(Get("/held"));
  held_.AwaitHeld();

  std::vector<std::unique_ptr<RawClient>> refused;
  for (int i = 0; i < 50; ++i) {
    refused.push_back(std::make_unique<RawClient>(server_->port()));
    EXPECT_THAT(refused.back()->ReadRest(), StartsWith("HTTP/1.1 503"));
  }

  EXPECT_EQ(server_->observer().most_connections(), 1);
  held_.LetGo();
}

TEST_F(ListenerTest, ClosesTheIdlestRatherThanRefuse) {
  Start({.max_connections = 3});
  RawClient busy(server_->port());
  busy.Send(Get("/held"));
  held_.AwaitHeld();
  RawClient used(server_->port());
  ASSERT_EQ(used.Ask(Get("/ok")).status, 200);
  RawClient unused(server_->port());
  server_->observer().AwaitConnections(3);
  ASSERT_EQ(used.Ask(Get("/ok")).status, 200);

  RawClient fourth(server_->port());
  EXPECT_EQ(fourth.Ask(Get("/ok")).status, 200);
  EXPECT_EQ(unused.ReadRest(), "");
  RawClient fifth(server_->port());
  EXPECT_EQ(fifth.Ask(Get("/ok")).status, 200);
  EXPECT_EQ(used.ReadRest(), "");

  held_.LetGo();
  EXPECT_EQ(busy.Read().body, "done");
}

TEST_F(ListenerTest, CountsACallerWithinItsHeadersAsIdle) {
  Start({.max_connections = 1});
  RawClient slow(server_->port());
  slow.Send("GET /ok HTTP/1.1\r\n");
  server_->observer().AwaitConnections(1);

  EXPECT_EQ(RawClient(server_->port()).Ask(Get("/ok")).status, 200);
  EXPECT_EQ(slow.ReadRest(), "");
}

TEST_F(ListenerTest, HasRoomAgainWhenAConnectionCloses) {
  Start({.max_connections = 1});
  { RawClient(server_->port()).Ask(Get("/ok")); }
  server_->observer().AwaitConnections(0);

  EXPECT_EQ(RawClient(server_->port()).Ask(Get("/ok")).status, 200);
}

constexpr HttpLimits kCloseIdleAtOnce = {.last_request_timeout =
                                             milliseconds(0)};
constexpr HttpLimits kNeverCloseIdle = {.last_request_timeout = hours(1)};

TEST_F(ListenerTest, SaysThatEachResponseIsTheLastWhenTheEndIsAnnounced) {
  Start();
  RawClient idle(server_->port());
  ASSERT_EQ(idle.Ask(Get("/ok")).Header("connection"), "");
  RawClient busy(server_->port());
  busy.Send(Get("/held"));
  held_.AwaitHeld();

  server_->listener().AnnounceClose();
  held_.LetGo();

  RawClient late(server_->port());
  EXPECT_EQ(busy.Read().Header("connection"), "close");
  EXPECT_EQ(idle.Ask(Get("/ok")).Header("connection"), "close");
  EXPECT_EQ(late.Ask(Get("/ok")).Header("connection"), "close");
  EXPECT_EQ(idle.ReadRest(), "");
}

TEST_F(ListenerTest, LeavesAConnectionOpenWhoseResponseHasNotSaidOtherwise) {
  Start();
  held_.begins_the_answer = true;
  RawClient client(server_->port());
  client.Send(Get("/held"));
  held_.AwaitHeld();

  server_->listener().AnnounceClose();
  held_.LetGo();

  EXPECT_EQ(client.Read().Header("connection"), "");
  EXPECT_EQ(client.Ask(Get("/ok")).Header("connection"), "close");
  EXPECT_EQ(client.ReadRest(), "");
}

TEST_F(ListenerTest, LastResponseIsNotLostToARequestBehindIt) {
  Start();
  server_->listener().AnnounceClose();
  RawClient client(server_->port());

  client.Send(Get("/ok") + Post("/echo", std::string(100'000, 'x')));

  EXPECT_EQ(client.Read().body, "ok");
  EXPECT_EQ(client.ReadRest(), "");
}

TEST_F(ListenerTest, DrainAnswersWhoStillAsksOnAnOpenConnection) {
  Start({.limits = kNeverCloseIdle});
  RawClient used(server_->port());
  ASSERT_EQ(used.Ask(Get("/ok")).status, 200);
  RawClient unused(server_->port());
  server_->observer().AwaitConnections(2);

  server_->listener().AnnounceClose();
  std::future<bool> drained = DrainInBackground();

  EXPECT_EQ(unused.Ask(Get("/ok")).Header("connection"), "close");
  EXPECT_EQ(used.Ask(Get("/ok")).Header("connection"), "close");
  unused.Close();
  used.Close();
  EXPECT_TRUE(drained.get());
}

TEST_F(ListenerTest, DrainClosesIdleConnectionsAtOnce) {
  Start({.limits = kCloseIdleAtOnce});
  RawClient used(server_->port());
  RawClient unused(server_->port());
  ASSERT_EQ(used.Ask(Get("/ok")).status, 200);
  server_->observer().AwaitConnections(2);

  EXPECT_TRUE(server_->listener().Drain(steady_clock::now() + hours(1)));

  EXPECT_EQ(used.ReadRest(), "");
  EXPECT_EQ(unused.ReadRest(), "");
}

TEST_F(ListenerTest, DrainLetsRequestsEndAndThenCloses) {
  Start();
  RawClient idle(server_->port());
  ASSERT_EQ(idle.Ask(Get("/ok")).status, 200);
  RawClient client(server_->port());
  client.Send(Get("/held"));
  held_.AwaitHeld();

  std::future<bool> drained = DrainInBackground();
  ASSERT_EQ(idle.ReadRest(), "");
  held_.LetGo();

  const RawResponse response = client.Read();
  EXPECT_EQ(response.body, "done");
  EXPECT_EQ(response.Header("connection"), "close");
  EXPECT_EQ(client.ReadRest(), "");
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(held_.gone(), 0);
}

TEST_F(ListenerTest, DrainBreaksOffWhatOutlastsItsDeadline) {
  Start();
  RawClient client(server_->port());
  client.Send(Get("/held"));
  held_.AwaitHeld();

  EXPECT_FALSE(server_->listener().Drain(steady_clock::now()));

  EXPECT_EQ(client.ReadRest(), "");
  EXPECT_EQ(held_.gone(), 1);
}

TEST_F(ListenerTest, DrainRefusesNewConnections) {
  Start();
  server_->listener().Drain(steady_clock::now() + hours(1));
  server_->listener().Stop();

  // The system may still take the connection, but nobody serves it.
  std::string answer;
  try {
    RawClient client(server_->port());
    client.TrySend(Get("/ok"));
    answer = client.ReadRest();
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(answer, "");
}

TEST_F(ListenerTest, DrainsOnce) {
  Start();

  EXPECT_TRUE(server_->listener().Drain(steady_clock::now()));
  EXPECT_TRUE(server_->listener().Drain(steady_clock::now()));
}

TEST_F(ListenerTest, ReleasesRequestsUnderWayWhenItGoes) {
  Start();
  RawClient client(server_->port());
  client.Send(Get("/held"));
  held_.AwaitHeld();

  server_.reset();

  EXPECT_EQ(client.ReadRest(), "");
}

// A client that trusts any certificate.
class TlsClient {
 public:
  explicit TlsClient(int port) : stream_(context_, ssl_) {
    stream_.next_layer().connect({asio::ip::address_v4::loopback(),
                                  static_cast<asio::ip::port_type>(port)});
  }

  void Handshake() { stream_.handshake(asio::ssl::stream_base::client); }

  std::string Ask(const std::string& request, const std::string& end) {
    asio::write(stream_, asio::buffer(request));
    asio::streambuf buffer;
    asio::read_until(stream_, buffer, end);
    return {asio::buffers_begin(buffer.data()),
            asio::buffers_end(buffer.data())};
  }

  void Close() { stream_.next_layer().close(); }

 private:
  asio::io_context context_;
  asio::ssl::context ssl_{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
};

class TlsListenerTest : public ListenerTest {
 protected:
  void StartTls(HttpLimits limits = {}, int max_connections = 64) {
    Start({.limits = limits, .max_connections = max_connections, .tls = &tls_});
  }

  asio::ssl::context tls_ = test::SelfSignedContext();
};

TEST_F(TlsListenerTest, ServesSeveralRequestsOverTls) {
  StartTls();
  TlsClient client(server_->port());
  client.Handshake();

  EXPECT_THAT(client.Ask(Get("/ok"), "ok"), StartsWith("HTTP/1.1 200 OK"));
  const std::string body(100'000, 'b');
  EXPECT_THAT(client.Ask(Post("/echo", body), body),
              StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(TlsListenerTest, ClosesOnThoseWhoSpeakPlainHttp) {
  StartTls();
  RawClient client(server_->port());

  client.Send(Get("/ok"));

  EXPECT_THAT(client.ReadRest(), testing::Not(HasSubstr("HTTP/1.1")));
}

TEST_F(TlsListenerTest, GivesUpOnHandshakesThatTakeTooLong) {
  StartTls({.header_timeout = milliseconds(50)});
  RawClient client(server_->port());

  EXPECT_EQ(client.ReadRest(), "");
}

TEST_F(TlsListenerTest, ClosesWithoutAWordAboveItsLimit) {
  StartTls({}, 1);
  TlsClient first(server_->port());
  first.Handshake();
  auto ask = std::async(std::launch::async,
                        [&first] { return first.Ask(Get("/held"), "done"); });
  held_.AwaitHeld();

  EXPECT_EQ(RawClient(server_->port()).ReadRest(), "");

  held_.LetGo();
  EXPECT_THAT(ask.get(), HasSubstr("200 OK"));
}

TEST_F(TlsListenerTest, ClosesHandshakesThatStandStillForOthers) {
  StartTls({}, 1);
  RawClient silent(server_->port());
  server_->observer().AwaitConnections(1);

  TlsClient second(server_->port());
  second.Handshake();

  EXPECT_THAT(second.Ask(Get("/ok"), "ok"), HasSubstr("200 OK"));
  EXPECT_EQ(silent.ReadRest(), "");
}

TEST_F(TlsListenerTest, DrainBreaksOffWhatOutlastsItsDeadline) {
  StartTls();
  TlsClient client(server_->port());
  client.Handshake();
  auto ask = std::async(std::launch::async, [&client] {
    try {
      client.Ask(Get("/held"), "never");
    } catch (const boost::system::system_error&) {
    }
  });
  held_.AwaitHeld();

  EXPECT_FALSE(server_->listener().Drain(steady_clock::now()));
  ask.get();

  EXPECT_EQ(held_.gone(), 1);
}

TEST_F(TlsListenerTest, DrainClosesIdleConnectionsAtOnce) {
  StartTls(kCloseIdleAtOnce);
  TlsClient client(server_->port());
  client.Handshake();
  ASSERT_THAT(client.Ask(Get("/ok"), "ok"), HasSubstr("200 OK"));

  EXPECT_TRUE(server_->listener().Drain(steady_clock::now() + hours(1)));
}

}  // namespace
}  // namespace wanwu::gateway
