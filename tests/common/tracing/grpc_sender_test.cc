#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "common/tracing/span_sender.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h"

namespace wanwu::tracing {
namespace {

namespace service_pb = opentelemetry::proto::collector::trace::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Outcome = SendResult::Outcome;

class Receiver final : public service_pb::TraceService::Service {
 public:
  grpc::Status answer;

  grpc::Status Export(
      grpc::ServerContext* /*context*/,
      const service_pb::ExportTraceServiceRequest* /*request*/,
      service_pb::ExportTraceServiceResponse* /*response*/) override {
    return answer;
  }
};

grpc::Status WithRetryInfo(grpc::StatusCode code, milliseconds delay) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(delay.count() / 1000);
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int>(delay.count() % 1000) * 1'000'000);
  google::rpc::Status details;
  details.set_code(code);
  details.add_details()->PackFrom(retry);
  return {code, "busy", details.SerializeAsString()};
}

class GrpcSenderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&receiver_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    sender_ = MakeGrpcSender({.kind = TraceEndpoint::Kind::kGrpc,
                              .host = "127.0.0.1",
                              .port = std::to_string(port)});
  }

  SendResult SendWhenAnswerIs(grpc::Status answer) {
    receiver_.answer = std::move(answer);
    return sender_->Send({}, seconds(60));
  }

  Receiver receiver_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<SpanSender> sender_;
};

TEST_F(GrpcSenderTest, SendsToWhoeverTakesIt) {
  EXPECT_EQ(SendWhenAnswerIs(grpc::Status::OK).outcome, Outcome::kSent);
}

TEST_F(GrpcSenderTest, TriesAgainWhereTheReceiverIsAwayForAMoment) {
  const SendResult result =
      SendWhenAnswerIs({grpc::StatusCode::UNAVAILABLE, "away"});
  EXPECT_EQ(result.outcome, Outcome::kRetry);
  EXPECT_EQ(result.wait, milliseconds(0));
}

TEST_F(GrpcSenderTest, TriesAgainAfterAsLongAsTheReceiverAsksFor) {
  for (const auto code :
       {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::RESOURCE_EXHAUSTED}) {
    const SendResult result =
        SendWhenAnswerIs(WithRetryInfo(code, milliseconds(7500)));
    EXPECT_EQ(result.outcome, Outcome::kRetry) << code;
    EXPECT_EQ(result.wait, milliseconds(7500)) << code;
  }
}

TEST_F(GrpcSenderTest, AReceiverThatIsExhaustedIsTriedAgainOnlyIfItSaysSo) {
  EXPECT_EQ(
      SendWhenAnswerIs({grpc::StatusCode::RESOURCE_EXHAUSTED, "full"}).outcome,
      Outcome::kRefused);
  EXPECT_EQ(SendWhenAnswerIs(WithRetryInfo(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                           milliseconds(0)))
                .outcome,
            Outcome::kRetry);
}

TEST_F(GrpcSenderTest, DoesNotTryAgainWhatIsWrong) {
  EXPECT_EQ(SendWhenAnswerIs(
                WithRetryInfo(grpc::StatusCode::INVALID_ARGUMENT, seconds(1)))
                .outcome,
            Outcome::kRefused);
}

}  // namespace
}  // namespace wanwu::tracing
