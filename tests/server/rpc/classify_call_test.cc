#include "server/rpc/classify_call.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "tests/support/pictures.h"
#include "tests/support/raw_calls.h"
#include "tests/support/rpc_errors.h"
#include "tests/support/test_server.h"

namespace wanwu::rpc {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using wanwu::v1::ClassifyRequest;
using wanwu::v1::ClassifyResponse;
using namespace test_support;  // NOLINT

constexpr char kClassify[] = "/wanwu.v1.ImageClassifier/Classify";

struct Answer {
  grpc::Status status;
  ClassifyResponse response;
};

Answer Classify(TestServer& server, const ClassifyRequest& request) {
  grpc::ClientContext context;
  SetTestDeadline(context);
  Answer answer;
  answer.status = server.stub().Classify(&context, request, &answer.response);
  return answer;
}

TEST(ClassifyCallTest, SaysWhatIsWrongWithAPictureThatItAnswers) {
  TestServer server;
  server.Install();
  const Bytes damaged = DamagedPictureOf(421);
  ClassifyRequest request;
  request.set_image(std::string(damaged.begin(), damaged.end()));

  const Answer answer = Classify(server, request);

  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.response.classifications(0).index(), 421);
  ASSERT_EQ(answer.response.warnings_size(), 1);
  EXPECT_EQ(answer.response.warnings(0), "the end of the file is missing");
  EXPECT_EQ(Classify(server, RequestFor(421)).response.warnings_size(), 0);
}

TEST(ClassifyCallTest, AnswersWithTheClassesOfThePicture) {
  TestServer server;
  server.Install({.version = 3});

  const Answer answer = Classify(server, RequestFor(421));

  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  const ClassifyResponse& response = answer.response;
  ASSERT_EQ(response.classifications_size(), 5);
  EXPECT_EQ(response.classifications(0).index(), 421);
  EXPECT_EQ(response.classifications(0).label(), "class 421");
  EXPECT_EQ(response.classifications(0).wordnet_id(), "n421");
  EXPECT_GT(response.classifications(0).probability(), 0.9f);
  EXPECT_EQ(response.classifications(1).index(), 0);
  EXPECT_EQ(response.model(), "fake");
  EXPECT_EQ(response.model_version(), "3");
  EXPECT_EQ(response.precision(), "fp32");
  EXPECT_EQ(response.timings().batch_size(), 1);
  EXPECT_TRUE(response.timings().has_decode());
  EXPECT_TRUE(response.timings().has_queue());
  EXPECT_TRUE(response.timings().has_inference());
  EXPECT_TRUE(response.timings().has_total());
}

TEST(ClassifyCallTest, GivesAsManyClassesAsAskedFor) {
  TestServer server;
  server.Install({.classifier = {.class_count = 10}});
  ClassifyRequest request = RequestFor(4);

  for (const auto& [asked, given] : {std::pair(1, 1), {7, 7}, {1000, 10}}) {
    request.set_top_k(asked);
    EXPECT_EQ(Classify(server, request).response.classifications_size(), given);
  }
}

TEST(ClassifyCallTest, TopKOutOfRangeIsRefusedWithTheLimit) {
  TestServer server;
  server.Install();
  ClassifyRequest request = RequestFor(4);

  for (const int top_k : {-1, 1001}) {
    request.set_top_k(top_k);
    const grpc::Status status = Classify(server, request).status;

    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    const auto info =
        FindDetail<google::rpc::ErrorInfo>(DetailsOf(status)).value();
    EXPECT_EQ(info.reason(), "FIELD_INVALID");
    EXPECT_EQ(info.metadata().at("field"), "top_k");
    EXPECT_EQ(info.metadata().at("value"), std::to_string(top_k));
    EXPECT_EQ(info.metadata().at("limit"), "1000");
  }
}

TEST(ClassifyCallTest, GivesChineseLabels) {
  TestServer server;
  server.Install();
  ClassifyRequest request = RequestFor(9);
  request.set_language_code("zh-CN");

  EXPECT_EQ(Classify(server, request).response.classifications(0).label(),
            "类9");
}

TEST(ClassifyCallTest, ChoosesTheModelAndVersionAskedFor) {
  TestServer server;
  server.Install({.name = "fake", .version = 1});
  server.Install({.name = "other", .version = 1});
  server.Install({.name = "other", .version = 2});
  ClassifyRequest request = RequestFor(9);

  request.set_model("other");
  EXPECT_EQ(Classify(server, request).response.model_version(), "2");
  request.set_model_version("1");
  const Answer older = Classify(server, request);
  EXPECT_EQ(older.response.model(), "other");
  EXPECT_EQ(older.response.model_version(), "1");
}

TEST(ClassifyCallTest, UnknownModelIsNotFound) {
  TestServer server;
  server.Install();
  ClassifyRequest request = RequestFor(1);
  request.set_model("nope");

  const grpc::Status status = Classify(server, request).status;

  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(status), "MODEL_NOT_FOUND");
  EXPECT_EQ(
      FindDetail<google::rpc::ResourceInfo>(DetailsOf(status))->resource_name(),
      "nope");
}

TEST(ClassifyCallTest, ModelThatIsLoadingIsUnavailable) {
  TestServer server;
  server.catalog().Put({.name = "fake",
                        .version = 1,
                        .state = pipeline::ModelState::kLoading,
                        .message = "",
                        .model = nullptr});

  const grpc::Status status = Classify(server, RequestFor(1)).status;

  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "MODEL_NOT_READY");
}

TEST(ClassifyCallTest, MissingImageIsRefused) {
  TestServer server;
  server.Install();

  const grpc::Status status = Classify(server, {}).status;

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "IMAGE_EMPTY");
}

TEST(ClassifyCallTest, BrokenImageIsRefusedWithoutInference) {
  TestServer server;
  const FakeModel& model = server.Install();
  const Bytes broken = BrokenPicture();
  ClassifyRequest request;
  request.set_image(std::string(broken.begin(), broken.end()));

  const grpc::Status status = Classify(server, request).status;

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "IMAGE_DECODE_FAILED");
  EXPECT_EQ(model.classifier->pictures_seen(), 0);
}

TEST(ClassifyCallTest, MalformedMessageIsRefused) {
  TestServer server;
  grpc::ClientContext context;
  SetTestDeadline(context);

  const grpc::Status status =
      RawUnaryCall(server.channel(), kClassify, context, "\x0a\x7f");

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "MESSAGE_MALFORMED");
}

TEST(ClassifyCallTest, MessageBeyondTheTransportLimitLeavesTheServerUp) {
  TestServer server({.max_message_bytes = 10'000});
  server.Install();
  ClassifyRequest request;
  request.set_image(std::string(20'000, 'x'));

  EXPECT_EQ(Classify(server, request).status.error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Classify(server, RequestFor(1)).status.ok());
}

TEST(ClassifyCallTest, UnknownPriorityIsRefused) {
  TestServer server;
  server.Install();
  grpc::ClientContext context;
  SetTestDeadline(context);
  context.AddMetadata("wanwu-priority", "urgent");
  ClassifyResponse response;

  const grpc::Status status =
      server.stub().Classify(&context, RequestFor(1), &response);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto info =
      FindDetail<google::rpc::ErrorInfo>(DetailsOf(status)).value();
  EXPECT_EQ(info.reason(), "FIELD_INVALID");
  EXPECT_EQ(info.metadata().at("field"), "wanwu-priority");
  EXPECT_EQ(info.metadata().at("value"), "urgent");
}

TEST(ClassifyCallTest, ClientOfUpTo128BytesIsAccepted) {
  TestServer server;
  server.Install();
  for (const size_t size : {0, 1, 128}) {
    grpc::ClientContext context;
    SetTestDeadline(context);
    context.AddMetadata("wanwu-client", std::string(size, 'c'));
    ClassifyResponse response;

    EXPECT_TRUE(
        server.stub().Classify(&context, RequestFor(1), &response).ok());
  }
}

TEST(ClassifyCallTest, LongerClientIsRefusedWithTheLimit) {
  TestServer server;
  server.Install();
  grpc::ClientContext context;
  SetTestDeadline(context);
  context.AddMetadata("wanwu-client", std::string(129, 'c'));
  ClassifyResponse response;

  const grpc::Status status =
      server.stub().Classify(&context, RequestFor(1), &response);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto info =
      FindDetail<google::rpc::ErrorInfo>(DetailsOf(status)).value();
  EXPECT_EQ(info.reason(), "FIELD_INVALID");
  EXPECT_EQ(info.metadata().at("field"), "wanwu-client");
  EXPECT_EQ(info.metadata().at("value"), "129");
  EXPECT_EQ(info.metadata().at("limit"), "128");
}

TEST(ClassifyCallTest, BothPrioritiesAreAnswered) {
  TestServer server;
  server.Install();
  for (const char* priority : {"interactive", "bulk"}) {
    grpc::ClientContext context;
    SetTestDeadline(context);
    context.AddMetadata("wanwu-priority", priority);
    ClassifyResponse response;

    EXPECT_TRUE(
        server.stub().Classify(&context, RequestFor(1), &response).ok());
  }
}

TEST(ClassifyCallTest, FailedInferenceIsInternal) {
  TestServer server;
  const FakeModel& model = server.Install();
  model.classifier->FailOn(13);

  const grpc::Status status = Classify(server, RequestFor(13)).status;

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(ReasonOf(status), "INFERENCE_FAILED");
  EXPECT_EQ(status.error_message(), "the server failed; its log says why");
  EXPECT_TRUE(Classify(server, RequestFor(14)).status.ok());
}

TEST(ClassifyCallTest, FullQueueSaysWhenToComeBack) {
  TestServer server({.queue_capacity = 1});
  const FakeModel& model =
      server.Install({.time_per_picture = milliseconds(2400)});
  server.OccupyLane(model);
  grpc::ClientContext context;
  ClassifyResponse response;

  const grpc::Status status =
      server.stub().Classify(&context, RequestFor(1), &response);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  const google::rpc::Status details = DetailsOf(status);
  EXPECT_EQ(ReasonOf(details), "QUEUE_FULL");
  EXPECT_TRUE(FindDetail<google::rpc::QuotaFailure>(details).has_value());
  const auto retry = FindDetail<google::rpc::RetryInfo>(details).value();
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 200'000'000);
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto pushback = trailers.find("grpc-retry-pushback-ms");
  ASSERT_NE(pushback, trailers.end());
  EXPECT_EQ(std::string(pushback->second.data(), pushback->second.size()),
            "1200");
}

TEST(ClassifyCallTest, UnreachableDeadlineIsRefusedWithoutInference) {
  TestServer server;
  const FakeModel& model =
      server.Install({.time_per_picture = std::chrono::hours(1)});
  grpc::ClientContext context;
  SetTestDeadline(context);
  ClassifyResponse response;

  const grpc::Status status =
      server.stub().Classify(&context, RequestFor(1), &response);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(ReasonOf(status), "DEADLINE_UNREACHABLE");
  EXPECT_EQ(model.classifier->pictures_seen(), 0);
}

TEST(ClassifyCallTest, DeadlineThatPassesFreesTheQueuedJob) {
  TestServer server;
  const FakeModel& model = server.Install();
  server.OccupyLane(model);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(100));
  ClassifyResponse response;

  const grpc::Status status =
      server.stub().Classify(&context, RequestFor(1), &response);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  // Only the one that occupies the lane is left, which has not moved.
  server.AwaitJobs(1);
  EXPECT_EQ(model.classifier->pictures_seen(), 1);
}

TEST(ClassifyCallTest, ClientCancelFreesTheQueuedJob) {
  TestServer server;
  const FakeModel& model = server.Install();
  server.OccupyLane(model);
  grpc::ClientContext context;
  SetTestDeadline(context);
  ClassifyResponse response;
  grpc::Status status;
  std::thread caller([&] {
    status = server.stub().Classify(&context, RequestFor(1), &response);
  });
  server.AwaitJobs(2);

  context.TryCancel();
  caller.join();

  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  server.AwaitJobs(1);
  EXPECT_EQ(model.classifier->pictures_seen(), 1);
}

TEST(ClassifyCallTest, ClientThatLeavesDuringInferenceHarmsNobody) {
  TestServer server;
  const FakeModel& model = server.Install();
  model.classifier->gate().Close();
  grpc::ClientContext context;
  SetTestDeadline(context);
  ClassifyResponse response;
  std::thread caller(
      [&] { server.stub().Classify(&context, RequestFor(1), &response); });
  model.classifier->gate().AwaitHeld(1);

  context.TryCancel();
  caller.join();
  server.LetThePollerRun();
  model.classifier->gate().Open();

  EXPECT_TRUE(Classify(server, RequestFor(2)).status.ok());
  server.AwaitJobs(0);
}

TEST(ClassifyCallTest, DrainingServerIsUnavailable) {
  TestServer server;
  server.Install();
  server.LetThePollerRun();  // so there is a connection
  server.BeginDrain();

  const grpc::Status status = Classify(server, RequestFor(1)).status;

  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "DRAINING");
  EXPECT_TRUE(FindDetail<google::rpc::RetryInfo>(DetailsOf(status)));
}

TEST(ClassifyCallTest, AdmittedCallIsAnsweredWhileDraining) {
  TestServer server;
  const FakeModel& model = server.Install();
  model.classifier->gate().Close();
  Answer answer;
  std::thread caller([&] { answer = Classify(server, RequestFor(77)); });
  model.classifier->gate().AwaitHeld(1);

  server.BeginDrain();
  model.classifier->gate().Open();
  caller.join();

  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.response.classifications(0).index(), 77);
}

// A call of which no message comes unless the test sends one.
class CallInReceipt {
 public:
  explicit CallInReceipt(TestServer& server) {
    SetTestDeadline(context_);
    stream_ = OpenRawStream(server.channel(), kClassify, context_);
  }

  grpc::ClientContext& context() { return context_; }
  RawStream& stream() { return *stream_; }

  grpc::Status End() { return stream_->Finish(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<RawStream> stream_;
};

TEST(ClassifyCallTest, CallerWhoStallsIsToldTheLimit) {
  TestServer server({.calls = {.receive_timeout = milliseconds(10)}});
  server.Install();
  CallInReceipt stalled(server);

  const grpc::Status status = stalled.End();

  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(ReasonOf(status), "RECEIVE_TIMEOUT");
  const auto info = FindDetail<google::rpc::ErrorInfo>(DetailsOf(status));
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->metadata().at("limit"), "10");
  EXPECT_TRUE(Classify(server, RequestFor(1)).status.ok());
}

TEST(ClassifyCallTest, CallWithoutAMessageIsMalformed) {
  TestServer server({.calls = {.receive_timeout = hours(1)}});
  CallInReceipt empty(server);

  empty.stream().WritesDone();
  const grpc::Status status = empty.End();

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "MESSAGE_MALFORMED");
}

TEST(ClassifyCallTest, DeadlineEndsACallThatIsBeingReceived) {
  TestServer server({.calls = {.receive_timeout = hours(1)}});
  server.Install();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(20));
  const auto stream = OpenRawStream(server.channel(), kClassify, context);

  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(Classify(server, RequestFor(1)).status.ok());
}

TEST(ClassifyCallTest, ClientThatLeavesWhileItIsReceivedLeavesNothing) {
  TestServer server({.calls = {.receive_timeout = hours(1)}});
  server.Install();
  CallInReceipt leaving(server);
  server.LetThePollerRun();

  leaving.context().TryCancel();

  EXPECT_EQ(leaving.End().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(Classify(server, RequestFor(1)).status.ok());
  server.Stop();  // Waits for every call that there is.
}

TEST(ClassifyCallTest, ClientThatLeavesInMidMessageIsNotCalledMalformed) {
  constexpr int kClients = 50;
  TestServer server({.calls = {.receive_timeout = hours(1)}});
  for (int i = 0; i < kClients; ++i) {
    CallInReceipt leaving(server);
    server.LetThePollerRun();
    leaving.context().TryCancel();
    leaving.End();
    server.LetThePollerRun();
  }
  server.Stop();

  const std::string log = server.log_text();
  EXPECT_NE(log.find("reason=CANCELLED"), std::string::npos) << log;
  EXPECT_EQ(log.find("reason=MESSAGE_MALFORMED"), std::string::npos) << log;
}

TEST(ClassifyCallTest, ShutdownEndsACallThatIsBeingReceived) {
  TestServer server({.calls = {.receive_timeout = hours(1)}});
  CallInReceipt stalled(server);
  server.LetThePollerRun();

  server.grpc_server().Shutdown(milliseconds(0));

  EXPECT_EQ(stalled.End().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace wanwu::rpc
