#include "server/rpc/watch_status_call.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/rpc/batch_client.h"
#include "tests/support/pictures.h"
#include "tests/support/rpc_errors.h"
#include "tests/support/test_server.h"

namespace wanwu::rpc {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using wanwu::v1::ClassifyRequest;
using wanwu::v1::ServerStatus;
using wanwu::v1::WatchStatusRequest;
using namespace test_support;  // NOLINT

constexpr milliseconds kShortest{100};
// None but the first report comes within a test.
constexpr minutes kLongest{1};

nanoseconds FromProto(const google::protobuf::Duration& duration) {
  return std::chrono::seconds(duration.seconds()) +
         nanoseconds(duration.nanos());
}

WatchStatusRequest Every(nanoseconds interval) {
  WatchStatusRequest request;
  request.mutable_interval()->set_seconds(interval / std::chrono::seconds(1));
  request.mutable_interval()->set_nanos(
      static_cast<int32_t>((interval % std::chrono::seconds(1)).count()));
  return request;
}

// One WatchStatus, used synchronously.
class Watcher {
 public:
  Watcher(TestServer& server, nanoseconds interval)
      : Watcher(server, Every(interval)) {}
  Watcher(TestServer& server, const WatchStatusRequest& request) {
    SetTestDeadline(context_);
    reader_ = server.stub().WatchStatus(&context_, request);
  }

  bool Next(ServerStatus& status) { return reader_->Read(&status); }

  // The next report; an empty one at the watch's end.
  ServerStatus Next() {
    ServerStatus status;
    if (!Next(status)) ADD_FAILURE() << "no further report";
    return status;
  }

  void Cancel() { context_.TryCancel(); }
  grpc::Status Finish() { return reader_->Finish(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<ServerStatus>> reader_;
};

ServerStatus FirstReport(TestServer& server) {
  return Watcher(server, kLongest).Next();
}

grpc::Status Classify(TestServer& server, const ClassifyRequest& request) {
  grpc::ClientContext context;
  SetTestDeadline(context);
  wanwu::v1::ClassifyResponse response;
  return server.stub().Classify(&context, request, &response);
}

ClassifyRequest BrokenRequest() {
  const Bytes broken = BrokenPicture();
  ClassifyRequest request;
  request.set_image(std::string(broken.begin(), broken.end()));
  return request;
}

int64_t BatchesIn(const ServerStatus& status) {
  int64_t batches = 0;
  for (const auto& size : status.batch_sizes()) batches += size.count();
  return batches;
}

TEST(WatchStatusCallTest, FirstReportComesAtOnceAndCoversNoTime) {
  TestServer server({.lanes = 2, .queue_capacity = 7});

  const ServerStatus status = FirstReport(server);

  EXPECT_EQ(status.version(), "1.2.3");
  EXPECT_GT(FromProto(status.uptime()), nanoseconds(0));
  EXPECT_EQ(FromProto(status.window()), nanoseconds(0));
  EXPECT_EQ(status.pictures_per_second(), 0);
  EXPECT_EQ(status.pictures_total(), 0);
  EXPECT_FALSE(status.has_latency());
  EXPECT_EQ(status.queue_depth(), 0);
  EXPECT_EQ(status.queue_capacity(), 7);
  EXPECT_EQ(status.queue_bytes(), 0);
  EXPECT_GT(status.queue_bytes_capacity(), 0);
  EXPECT_EQ(status.batch_sizes_size(), 0);
  ASSERT_EQ(status.lanes_size(), 2);
  EXPECT_EQ(status.lanes(0).index(), 0);
  EXPECT_EQ(status.lanes(1).index(), 1);
}

TEST(WatchStatusCallTest, CountsReasonsAndStagesSinceTheStart) {
  TestServer server;
  server.Install();
  ASSERT_TRUE(Classify(server, RequestFor(1)).ok());
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(Classify(server, BrokenRequest()).ok());
  }

  const ServerStatus status = FirstReport(server);

  ASSERT_EQ(status.errors_by_reason_size(), 1);
  EXPECT_EQ(status.errors_by_reason(0).count(), 2);
  EXPECT_FALSE(status.errors_by_reason(0).reason().empty());
  EXPECT_EQ(status.stages().pictures(), 1);
  EXPECT_GT(FromProto(status.stages().decode()), nanoseconds(0));
  ASSERT_EQ(status.decoders_size(), 2);
  EXPECT_EQ(status.decoders(0).name(), "ordinary");
  EXPECT_GT(status.decoders(0).threads(), 0);
  ASSERT_EQ(status.models_size(), 1);
  EXPECT_EQ(status.models(0).name(), "fake");
  EXPECT_EQ(status.models(0).version(), "1");
  EXPECT_EQ(status.models(0).state(), wanwu::v1::Model::STATE_READY);
  EXPECT_EQ(FromProto(status.estimated_wait()), nanoseconds(0));
  EXPECT_GT(status.large_picture_bytes_capacity(), 0);
}

TEST(WatchStatusCallTest, ReportsFollowAfterEachInterval) {
  TestServer server;
  Watcher watcher(server, kShortest);

  nanoseconds last = FromProto(watcher.Next().uptime());
  for (int i = 0; i < 3; ++i) {
    const ServerStatus status = watcher.Next();
    const nanoseconds uptime = FromProto(status.uptime());
    EXPECT_GE(uptime - last, kShortest);
    EXPECT_GE(FromProto(status.window()), kShortest);
    last = uptime;
  }
}

TEST(WatchStatusCallTest, ReportsAreAsFarApartAsAskedForAlsoIfSampledOftener) {
  constexpr milliseconds kInterval{700};
  TestServer server;
  Watcher watcher(server, kInterval);

  const nanoseconds first = FromProto(watcher.Next().uptime());
  const nanoseconds second = FromProto(watcher.Next().uptime());

  EXPECT_GE(second - first, kInterval);
}

TEST(WatchStatusCallTest, SaysWhetherTheServerStartsServesOrDrains) {
  TestServer server;

  EXPECT_EQ(FirstReport(server).state(), ServerStatus::STATE_STARTING);
  server.run().state = ServerState::kServing;
  EXPECT_EQ(FirstReport(server).state(), ServerStatus::STATE_SERVING);
  server.run().state = ServerState::kDraining;
  EXPECT_EQ(FirstReport(server).state(), ServerStatus::STATE_DRAINING);
}

TEST(WatchStatusCallTest, CountsEveryAnsweredPicture) {
  TestServer server;
  server.Install();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Classify(server, RequestFor(i)).ok());
  }

  const ServerStatus status = FirstReport(server);

  EXPECT_EQ(status.pictures_total(), 3);
  EXPECT_EQ(status.errors_total(), 0);
  EXPECT_EQ(status.pictures_run_total(), 3);
}

TEST(WatchStatusCallTest, CountsPicturesAnsweredWithAnErrorAsErrors) {
  TestServer server;
  const FakeModel& model = server.Install();
  model.classifier->FailOn(13);
  ClassifyRequest bad_field = RequestFor(1);
  bad_field.set_top_k(-1);
  ClassifyRequest unknown_model = RequestFor(1);
  unknown_model.set_model("nope");
  const std::vector<ClassifyRequest> requests = {
      {}, BrokenRequest(), bad_field, unknown_model, RequestFor(13)};
  for (const ClassifyRequest& request : requests) {
    ASSERT_FALSE(Classify(server, request).ok());
  }
  ASSERT_TRUE(Classify(server, RequestFor(1)).ok());

  const ServerStatus status = FirstReport(server);

  EXPECT_EQ(status.pictures_total(), 6);
  EXPECT_EQ(status.errors_total(), 5);
}

TEST(WatchStatusCallTest, CountsPicturesThatFoundTheQueueFull) {
  TestServer server({.queue_capacity = 1});
  const FakeModel& model = server.Install();
  server.OccupyLane(model);
  ASSERT_EQ(Classify(server, RequestFor(1)).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);

  const ServerStatus status = FirstReport(server);

  EXPECT_EQ(status.pictures_total(), 1);
  EXPECT_EQ(status.errors_total(), 1);
}

TEST(WatchStatusCallTest, CountsThePicturesOfAStreamOneByOne) {
  TestServer server;
  server.Install();
  BatchClient client(server);
  for (int i = 0; i < 4; ++i) client.Send(std::to_string(i), i);
  wanwu::v1::ClassifyBatchRequest broken;
  *broken.mutable_request() = BrokenRequest();
  client.Send(broken);
  client.HalfClose();
  ASSERT_EQ(client.ReceiveAll().size(), 5u);
  ASSERT_TRUE(client.Finish().ok());

  const ServerStatus status = FirstReport(server);

  EXPECT_EQ(status.pictures_total(), 5);
  EXPECT_EQ(status.errors_total(), 1);
}

TEST(WatchStatusCallTest, TellsRatesLatencyAndBatchesOfTheWindow) {
  TestServer server;
  server.Install({.max_batch_size = 4});
  ASSERT_TRUE(Classify(server, RequestFor(0)).ok());
  Watcher watcher(server, kShortest);
  ASSERT_EQ(watcher.Next().pictures_total(), 1);
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(Classify(server, RequestFor(i)).ok());
  }
  ASSERT_FALSE(Classify(server, BrokenRequest()).ok());

  // The lane counts a batch after its pictures were answered.
  ServerStatus status;
  while (watcher.Next(status) &&
         (status.pictures_total() < 5 || BatchesIn(status) < 3)) {
  }

  const double window =
      std::chrono::duration<double>(FromProto(status.window())).count();
  EXPECT_NEAR(status.pictures_per_second(), 4 / window, 1e-6);
  EXPECT_NEAR(status.errors_per_second(), 1 / window, 1e-6);
  ASSERT_TRUE(status.has_latency());
  EXPECT_GT(FromProto(status.latency().p50()), nanoseconds(0));
  EXPECT_GE(FromProto(status.latency().p99()),
            FromProto(status.latency().p50()));
  ASSERT_EQ(status.batch_sizes_size(), 1);
  EXPECT_EQ(status.batch_sizes(0).size(), 1);
}

TEST(WatchStatusCallTest, TellsTheQueueAndTheLaneThatIsBusy) {
  TestServer server({.lanes = 1});
  const FakeModel& model = server.Install();
  server.OccupyLane(model);
  Watcher watcher(server, kShortest);
  watcher.Next();

  const ServerStatus status = watcher.Next();

  EXPECT_EQ(status.queue_depth(), 1);
  EXPECT_GT(status.lanes(0).utilisation(), 0.9);
  EXPECT_LE(status.lanes(0).utilisation(), 1.0);
}

TEST(WatchStatusCallTest, IdleLaneIsNotUtilised) {
  TestServer server;
  server.Install();
  Watcher watcher(server, kShortest);
  watcher.Next();

  EXPECT_EQ(watcher.Next().lanes(0).utilisation(), 0);
}

TEST(WatchStatusCallTest, AbsentOrZeroIntervalIsTheDefault) {
  TestServer server;
  Watcher absent(server, WatchStatusRequest());
  Watcher zero(server, nanoseconds(0));

  const nanoseconds absent_start = FromProto(absent.Next().uptime());
  const nanoseconds zero_start = FromProto(zero.Next().uptime());

  EXPECT_GE(FromProto(absent.Next().uptime()) - absent_start,
            milliseconds(1000));
  EXPECT_GE(FromProto(zero.Next().uptime()) - zero_start, milliseconds(1000));
}

TEST(WatchStatusCallTest, IntervalOutOfRangeIsRefusedWithTheLimit) {
  struct Case {
    nanoseconds interval;
    std::string value;
    std::string limit;
  };
  const std::vector<Case> cases = {
      {milliseconds(-1), "-0.001 s", "0.1 s"},
      {milliseconds(99), "0.099 s", "0.1 s"},
      {milliseconds(60'500), "60.5 s", "60 s"},
      {std::chrono::hours(24 * 365 * 200), "1e+09 s", "60 s"}};
  TestServer server;
  for (const Case& each : cases) {
    SCOPED_TRACE(each.value);
    Watcher watcher(server, each.interval);
    ServerStatus status;

    EXPECT_FALSE(watcher.Next(status));

    const grpc::Status refusal = watcher.Finish();
    EXPECT_EQ(refusal.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    const google::rpc::Status details = DetailsOf(refusal);
    const auto info = FindDetail<google::rpc::ErrorInfo>(details).value();
    EXPECT_EQ(info.reason(), "FIELD_INVALID");
    EXPECT_EQ(info.metadata().at("field"), "interval");
    EXPECT_EQ(info.metadata().at("value"), each.value);
    EXPECT_EQ(info.metadata().at("limit"), each.limit);
    const auto bad = FindDetail<google::rpc::BadRequest>(details).value();
    EXPECT_EQ(bad.field_violations(0).field(), "interval");
  }
}

TEST(WatchStatusCallTest, WatchersBeyondTheLimitAreRefused) {
  TestServer server({.calls = {.max_status_watches = 2}});
  Watcher first(server, kLongest);
  first.Next();
  {
    Watcher second(server, kLongest);
    second.Next();
    Watcher third(server, kLongest);
    ServerStatus status;

    EXPECT_FALSE(third.Next(status));

    const grpc::Status refusal = third.Finish();
    EXPECT_EQ(refusal.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    const google::rpc::Status details = DetailsOf(refusal);
    EXPECT_EQ(ReasonOf(details), "TOO_MANY_WATCHES");
    EXPECT_EQ(
        FindDetail<google::rpc::ErrorInfo>(details)->metadata().at("limit"),
        "2");
    EXPECT_TRUE(FindDetail<google::rpc::RetryInfo>(details));
    second.Cancel();
  }
  server.LetThePollerRun();

  // The second has given its place back.
  EXPECT_EQ(FirstReport(server).version(), "1.2.3");
}

TEST(WatchStatusCallTest, WatchersShareTheWindow) {
  TestServer server;
  Watcher first(server, kShortest);
  first.Next();
  first.Next();

  EXPECT_GE(FromProto(FirstReport(server).window()), kShortest);
}

TEST(WatchStatusCallTest, EveryWatchEndsWhenTheServerDrains) {
  TestServer server({.pollers = 2});
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < 20; ++i) {
    watchers.push_back(std::make_unique<Watcher>(server, kLongest));
    watchers.back()->Next();
  }

  server.BeginDrain();

  for (const auto& watcher : watchers) {
    ServerStatus status;
    EXPECT_FALSE(watcher->Next(status));
    const grpc::Status end = watcher->Finish();
    EXPECT_EQ(end.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(ReasonOf(end), "DRAINING");
    EXPECT_TRUE(FindDetail<google::rpc::RetryInfo>(DetailsOf(end)));
  }
}

TEST(WatchStatusCallTest, WatchThatBeginsWhileDrainingEndsAtOnce) {
  TestServer server;
  server.LetThePollerRun();  // so there is a connection
  server.BeginDrain();
  Watcher watcher(server, kLongest);
  ServerStatus status;

  EXPECT_FALSE(watcher.Next(status));

  EXPECT_EQ(ReasonOf(watcher.Finish()), "DRAINING");
}

TEST(WatchStatusCallTest, WatchersThatLeaveAreForgotten) {
  TestServer server({.pollers = 2});
  for (int i = 0; i < 50; ++i) {
    Watcher watcher(server, i % 2 == 0 ? nanoseconds(kLongest) : kShortest);
    watcher.Next();
    watcher.Cancel();
    EXPECT_EQ(watcher.Finish().error_code(), grpc::StatusCode::CANCELLED);
  }

  // Waits for every call's coroutine.
  server.Stop();
}

TEST(WatchStatusCallTest, WatchersThatStayDoNotHoldUpAShutdownAtOnce) {
  TestServer server({.pollers = 2});
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < 20; ++i) {
    watchers.push_back(std::make_unique<Watcher>(
        server, i % 2 == 0 ? nanoseconds(kLongest) : kShortest));
    watchers.back()->Next();
  }

  server.grpc_server().Shutdown(milliseconds(0));

  for (const auto& watcher : watchers) {
    ServerStatus status;
    while (watcher->Next(status)) {
    }
    EXPECT_FALSE(watcher->Finish().ok());
  }
}

TEST(WatchStatusCallTest, ManyWatchersAreServedAtOnce) {
  TestServer server;
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < 40; ++i) {
    watchers.push_back(std::make_unique<Watcher>(server, kShortest));
  }

  for (int round = 0; round < 3; ++round) {
    for (const auto& watcher : watchers) watcher->Next();
  }
}

}  // namespace
}  // namespace wanwu::rpc
