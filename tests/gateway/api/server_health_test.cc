#include "gateway/api/server_health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>
#include <thread>

#include "client/lib/rpc_error.h"
#include "gateway/errors/gateway_error.h"
#include "tests/client/support/fake_server.h"
#include "tests/client/support/temporary_directory.h"
#include "tests/gateway/support/http_server.h"
#include "tests/gateway/support/raw_client.h"
#include "tests/support/gate.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using test::FakeServer;
using test::HealthReply;
using test::HealthWriter;

// Says one state, and stays until the gate opens.
test::Script Says(HealthReply::ServingStatus state, test_support::Gate& gate) {
  return {.watch = [state, &gate](const auto&, HealthWriter& writer) {
    HealthReply reply;
    reply.set_status(state);
    writer.Write(reply);
    gate.Pass();
    return grpc::Status::OK;
  }};
}

class ServerHealthTest : public ::testing::Test {
 protected:
  ~ServerHealthTest() override {
    gate_.Open();
    if (health_.has_value()) health_->Stop();
    work_.reset();
    thread_.join();
  }

  void Watch(const std::string& address) {
    gate_.Close();
    client_.emplace(client::ChannelOptions{.address = address});
    health_.emplace(*client_, context_.get_executor(), client::CallOptions{});
  }

  // Blocks until the watch has seen it.
  void AwaitState(ServerHealth::State state) {
    while (health_->state() != state) std::this_thread::yield();
  }

  std::string Reason() {
    return client::DescribeError(health_->Ready()).reason;
  }

  test_support::Gate gate_;
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{
      context_.get_executor()};
  std::thread thread_{[this] { context_.run(); }};
  std::optional<client::AsyncClient> client_;
  std::optional<ServerHealth> health_;
};

TEST_F(ServerHealthTest, IsReadyWhileTheServerServes) {
  gate_.Close();
  FakeServer server(Says(HealthReply::SERVING, gate_));
  Watch(server.address());

  AwaitState(ServerHealth::State::kServing);

  EXPECT_TRUE(health_->Ready().ok());
  gate_.Open();
  health_->Stop();
}

TEST_F(ServerHealthTest, IsNotReadyWhileTheServerLoads) {
  gate_.Close();
  FakeServer server(Says(HealthReply::NOT_SERVING, gate_));
  Watch(server.address());

  AwaitState(ServerHealth::State::kNotServing);

  EXPECT_EQ(Reason(), kServerNotServing);
  gate_.Open();
  health_->Stop();
}

TEST_F(ServerHealthTest, IsNotReadyWithoutAServer) {
  const test::TemporaryDirectory directory;
  Watch("unix:" + directory.path() + "/no");

  EXPECT_TRUE(absl::IsUnavailable(health_->Ready()));
  EXPECT_EQ(Reason(), kServerUnreachable);
}

TEST_F(ServerHealthTest, FindsAServerThatStartsLater) {
  const test::TemporaryDirectory directory;
  const std::string address = "unix:" + directory.path() + "/socket";
  Watch(address);
  ASSERT_EQ(Reason(), kServerUnreachable);

  FakeServer server(Says(HealthReply::SERVING, gate_), address);
  AwaitState(ServerHealth::State::kServing);

  gate_.Open();
  health_->Stop();
}

TEST_F(ServerHealthTest, NoticesThatTheServerHasGone) {
  gate_.Close();
  std::optional<FakeServer> server(Says(HealthReply::SERVING, gate_));
  Watch(server->address());
  AwaitState(ServerHealth::State::kServing);

  gate_.Open();
  server.reset();
  AwaitState(ServerHealth::State::kUnreachable);

  EXPECT_EQ(Reason(), kServerUnreachable);
}

TEST_F(ServerHealthTest, StaysReadyWhenTheServerEndsAWatchForItsAge) {
  test_support::Gate second;
  second.Close();
  gate_.Close();
  std::atomic<int> watches{0};
  FakeServer server({.watch = [&](const auto&, HealthWriter& writer) {
    const bool first = ++watches == 1;
    // The second says nothing before it was looked at.
    if (!first) second.Pass();
    HealthReply reply;
    reply.set_status(HealthReply::SERVING);
    writer.Write(reply);
    if (!first) gate_.Pass();
    return grpc::Status::OK;
  }});
  Watch(server.address());
  AwaitState(ServerHealth::State::kServing);

  second.AwaitHeld(1);
  EXPECT_TRUE(health_->Ready().ok());

  second.Open();
  gate_.Open();
  health_->Stop();
}

TEST_F(ServerHealthTest, IsNotReadyOnceTheGatewayDrains) {
  gate_.Close();
  FakeServer server(Says(HealthReply::SERVING, gate_));
  Watch(server.address());
  AwaitState(ServerHealth::State::kServing);

  health_->BeginDrain();

  EXPECT_EQ(Reason(), kDraining);
  gate_.Open();
  health_->Stop();
}

TEST_F(ServerHealthTest, AnswersOverHttp) {
  const test::TemporaryDirectory directory;
  Watch("unix:" + directory.path() + "/no");
  const test::HttpServer http([this](Router& router) {
    router.Add(boost::beast::http::verb::get, "/healthz", ServeLiveness());
    router.Add(boost::beast::http::verb::get, "/readyz",
               ServeReadiness(*health_));
  });
  test::RawClient client(http.port());

  EXPECT_EQ(client.Ask(test::Get("/healthz")).status, 200);
  const test::RawResponse ready = client.Ask(test::Get("/readyz"));
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, ::testing::HasSubstr("SERVER_UNREACHABLE"));
}

}  // namespace
}  // namespace wanwu::gateway
