#include "server/rpc/health_calls.h"

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/rpc_errors.h"
#include "tests/support/test_server.h"

namespace wanwu::rpc {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using grpc::health::v1::HealthListResponse;
using namespace test_support;  // NOLINT

HealthCheckRequest Asking(const std::string& service) {
  HealthCheckRequest request;
  request.set_service(service);
  return request;
}

// One Watch, used synchronously.
class Watcher {
 public:
  Watcher(TestServer& server, const std::string& service) {
    SetTestDeadline(context_);
    reader_ = server.health_stub().Watch(&context_, Asking(service));
  }

  // UNKNOWN at the watch's end.
  HealthCheckResponse::ServingStatus Next() {
    HealthCheckResponse response;
    return reader_->Read(&response) ? response.status()
                                    : HealthCheckResponse::UNKNOWN;
  }

  void Cancel() { context_.TryCancel(); }
  grpc::Status Finish() { return reader_->Finish(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<HealthCheckResponse>> reader_;
};

HealthCheckResponse::ServingStatus Check(TestServer& server,
                                         const std::string& service) {
  grpc::ClientContext context;
  SetTestDeadline(context);
  HealthCheckResponse response;
  const grpc::Status status =
      server.health_stub().Check(&context, Asking(service), &response);
  return status.ok() ? response.status() : HealthCheckResponse::UNKNOWN;
}

TEST(HealthCallsTest, CheckSaysWhetherTheServiceServes) {
  TestServer server;

  EXPECT_EQ(Check(server, ""), HealthCheckResponse::NOT_SERVING);
  server.health().Set("", Serving::kYes);
  EXPECT_EQ(Check(server, ""), HealthCheckResponse::SERVING);
  EXPECT_EQ(Check(server, kClassifierService),
            HealthCheckResponse::NOT_SERVING);
}

TEST(HealthCallsTest, CheckOfAnUnknownServiceIsNotFound) {
  TestServer server;
  grpc::ClientContext context;
  SetTestDeadline(context);
  HealthCheckResponse response;

  const grpc::Status status =
      server.health_stub().Check(&context, Asking("nope"), &response);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST(HealthCallsTest, ServiceThatWasNotNamedAtTheStartStaysUnknown) {
  TestServer server;
  server.health().Set("nope", Serving::kYes);

  EXPECT_EQ(Check(server, "nope"), HealthCheckResponse::UNKNOWN);
}

TEST(HealthCallsTest, ListNamesEveryService) {
  TestServer server;
  server.health().Set(kClassifierService, Serving::kYes);
  grpc::ClientContext context;
  SetTestDeadline(context);
  HealthListResponse response;

  ASSERT_TRUE(server.health_stub().List(&context, {}, &response).ok());

  ASSERT_EQ(response.statuses_size(), 2);
  EXPECT_EQ(response.statuses().at("").status(),
            HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(response.statuses().at(kClassifierService).status(),
            HealthCheckResponse::SERVING);
}

TEST(HealthCallsTest, WatchTellsTheStateAndEachChange) {
  TestServer server;
  Watcher watcher(server, "");

  EXPECT_EQ(watcher.Next(), HealthCheckResponse::NOT_SERVING);
  server.health().Set("", Serving::kYes);
  EXPECT_EQ(watcher.Next(), HealthCheckResponse::SERVING);
  server.health().Set("", Serving::kNo);
  EXPECT_EQ(watcher.Next(), HealthCheckResponse::NOT_SERVING);
}

TEST(HealthCallsTest, WatchIsSilentAboutOtherServices) {
  TestServer server;
  Watcher watcher(server, "");
  ASSERT_EQ(watcher.Next(), HealthCheckResponse::NOT_SERVING);

  server.health().Set(kClassifierService, Serving::kYes);
  server.health().Set("", Serving::kYes);

  EXPECT_EQ(watcher.Next(), HealthCheckResponse::SERVING);
}

TEST(HealthCallsTest, WatchOfAnUnknownServiceGoesOn) {
  TestServer server;
  Watcher watcher(server, "nope");

  EXPECT_EQ(watcher.Next(), HealthCheckResponse::SERVICE_UNKNOWN);
  server.health().EndWatches();
  EXPECT_EQ(watcher.Next(), HealthCheckResponse::UNKNOWN);
  EXPECT_EQ(watcher.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(HealthCallsTest, WatchesBeyondTheLimitAreRefused) {
  TestServer server({.calls = {.max_health_watches = 1}});
  Watcher first(server, "");
  ASSERT_EQ(first.Next(), HealthCheckResponse::NOT_SERVING);
  Watcher second(server, "");

  EXPECT_EQ(second.Next(), HealthCheckResponse::UNKNOWN);

  const grpc::Status refusal = second.Finish();
  EXPECT_EQ(refusal.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(refusal), "TOO_MANY_WATCHES");
  // Checks go on.
  EXPECT_EQ(Check(server, ""), HealthCheckResponse::NOT_SERVING);
}

TEST(HealthCallsTest, EveryWatchEndsWhenTheServerStops) {
  TestServer server;
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < 20; ++i) {
    watchers.push_back(std::make_unique<Watcher>(server, ""));
    ASSERT_EQ(watchers.back()->Next(), HealthCheckResponse::NOT_SERVING);
  }

  server.health().EndWatches();

  for (const auto& watcher : watchers) {
    EXPECT_EQ(watcher->Next(), HealthCheckResponse::UNKNOWN);
    EXPECT_EQ(watcher->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  }
}

TEST(HealthCallsTest, WatchThatBeginsAfterwardsTellsTheStateAndEnds) {
  TestServer server;
  server.health().EndWatches();

  Watcher watcher(server, "");

  EXPECT_EQ(watcher.Next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(watcher.Next(), HealthCheckResponse::UNKNOWN);
  EXPECT_EQ(watcher.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(HealthCallsTest, WatchTellsTheLastChangeBeforeItEnds) {
  TestServer server;
  server.health().Set("", Serving::kYes);
  Watcher watcher(server, "");
  ASSERT_EQ(watcher.Next(), HealthCheckResponse::SERVING);

  server.health().Set("", Serving::kNo);
  server.health().EndWatches();

  EXPECT_EQ(watcher.Next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(watcher.Next(), HealthCheckResponse::UNKNOWN);
}

TEST(HealthCallsTest, WatchersThatLeaveAreForgotten) {
  TestServer server;
  for (int i = 0; i < 50; ++i) {
    Watcher watcher(server, "");
    ASSERT_EQ(watcher.Next(), HealthCheckResponse::NOT_SERVING);
    watcher.Cancel();
    server.health().Set(kClassifierService,
                        i % 2 == 0 ? Serving::kYes : Serving::kNo);
    EXPECT_EQ(watcher.Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  server.LetThePollerRun();

  server.health().Set("", Serving::kYes);

  EXPECT_EQ(Check(server, ""), HealthCheckResponse::SERVING);
}

}  // namespace
}  // namespace wanwu::rpc
