#include <gtest/gtest.h>

#include <atomic>

#include "client/cli/exit_code.h"
#include "tests/client/support/fake_server.h"
#include "tests/client/support/process.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::cli {
namespace {

using test::FakeServer;
using test::HealthReply;
using test::HealthWriter;
using test::Outcome;

std::vector<std::string> HealthCall(const std::string& address,
                                    std::vector<std::string> more) {
  std::vector<std::string> call = {WANWU_BINARY, "health", "--address",
                                   address};
  call.insert(call.end(), more.begin(), more.end());
  return call;
}

Outcome Health(const FakeServer& server, std::vector<std::string> more = {}) {
  return test::RunProcess(
      {.arguments = HealthCall(server.address(), std::move(more))});
}

void Send(HealthWriter& writer, HealthReply::ServingStatus status) {
  HealthReply reply;
  reply.set_status(status);
  writer.Write(reply);
}

grpc::Status KnowsOneService(const std::string& service, HealthReply& reply) {
  if (service == "other") {
    return {grpc::StatusCode::NOT_FOUND, "unknown service"};
  }
  reply.set_status(service == "busy" ? HealthReply::NOT_SERVING
                                     : HealthReply::SERVING);
  return grpc::Status::OK;
}

TEST(HealthCommandTest, SucceedsWhenTheServerIsServing) {
  FakeServer server({.check = KnowsOneService});

  const Outcome outcome = Health(server);

  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_EQ(outcome.out, "SERVING\n");
}

TEST(HealthCommandTest, FailsWithTheStateWhenAServiceIsNotServing) {
  FakeServer server({.check = KnowsOneService});

  const Outcome outcome = Health(server, {"--service", "busy"});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.out, "NOT_SERVING\n");
}

TEST(HealthCommandTest, FailsWithServiceUnknownForAServiceThatIsNotThere) {
  FakeServer server({.check = KnowsOneService});

  const Outcome outcome = Health(server, {"--service", "other"});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.out, "SERVICE_UNKNOWN\n");
}

TEST(HealthCommandTest, SaysWhenTheServerHasNoHealthService) {
  FakeServer server({});

  const Outcome outcome = Health(server);

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.err,
            "wanwu: the server does not offer this call (UNIMPLEMENTED)\n");
}

TEST(HealthCommandTest, WatchPrintsEachChangeUntilTheServerEndsIt) {
  FakeServer server({.watch = [](const auto&, HealthWriter& writer) {
    Send(writer, HealthReply::NOT_SERVING);
    Send(writer, HealthReply::SERVING);
    return test::ErrorWithReason(grpc::StatusCode::UNAVAILABLE, "DRAINING",
                                 "going");
  }});

  const Outcome outcome = Health(server, {"--watch"});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.out, "NOT_SERVING\nSERVING\n");
  EXPECT_EQ(outcome.err, "wanwu: going (DRAINING)\n");
}

TEST(HealthCommandTest, WaitEndsAsSoonAsTheServerIsServing) {
  FakeServer server({.watch = [](const auto&, HealthWriter& writer) {
    Send(writer, HealthReply::NOT_SERVING);
    Send(writer, HealthReply::SERVING);
    return grpc::Status::OK;
  }});

  const Outcome outcome = Health(server, {"--wait", "60s"});

  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_EQ(outcome.out, "SERVING\n");
}

TEST(HealthCommandTest, WaitGoesOnWhenTheServerEndsTheWatch) {
  std::atomic<int> watches = 0;
  FakeServer server({.watch = [&watches](const auto&, HealthWriter& writer) {
    if (++watches == 1) {
      return grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting");
    }
    Send(writer, HealthReply::SERVING);
    return grpc::Status::OK;
  }});

  EXPECT_EQ(Health(server, {"--wait", "60s"}).code, kExitOk);
}

TEST(HealthCommandTest, WaitFindsAServerThatStartsLater) {
  const test::TemporaryDirectory directory;
  const std::string address = "unix:" + directory.path() + "/socket";
  test::Process waiting({.arguments = HealthCall(address, {"--wait", "60s"})});

  FakeServer server({.watch =
                         [](const auto&, HealthWriter& writer) {
                           Send(writer, HealthReply::SERVING);
                           return grpc::Status::OK;
                         }},
                    address);

  EXPECT_EQ(waiting.Wait().code, kExitOk);
}

TEST(HealthCommandTest, WaitFailsWithTheLastStateWhenTimeIsUp) {
  FakeServer server({.watch = [](const auto&, HealthWriter& writer) {
    Send(writer, HealthReply::NOT_SERVING);
    return grpc::Status::OK;
  }});

  const Outcome outcome = Health(server, {"--wait", "300ms"});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.out, "NOT_SERVING\n");
}

TEST(HealthCommandTest, WaitSaysUnreachableWhenNoServerComes) {
  const Outcome outcome =
      test::RunProcess({.arguments = HealthCall("unix:/nonexistent/socket",
                                                {"--wait", "200ms"})});

  EXPECT_EQ(outcome.code, kExitUnreachable);
}

}  // namespace
}  // namespace wanwu::cli
