#include "server/rpc/rpc_status.h"

#include <map>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "tests/support/rpc_errors.h"

namespace wanwu::rpc {
namespace {

using test_support::DetailsOf;
using test_support::FindDetail;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

struct Row {
  absl::StatusCode code;
  std::string_view reason;
  grpc::StatusCode grpc_code;
  // The detail besides ErrorInfo; empty for none.
  std::string_view detail;
};

constexpr Row kTable[] = {
    {absl::StatusCode::kInvalidArgument, errors::kImageEmpty,
     grpc::StatusCode::INVALID_ARGUMENT, "google.rpc.BadRequest"},
    {absl::StatusCode::kInvalidArgument, errors::kImageDecodeFailed,
     grpc::StatusCode::INVALID_ARGUMENT, "google.rpc.BadRequest"},
    {absl::StatusCode::kInvalidArgument, errors::kImageUnsupported,
     grpc::StatusCode::INVALID_ARGUMENT, "google.rpc.BadRequest"},
    {absl::StatusCode::kInvalidArgument, errors::kImageTooLarge,
     grpc::StatusCode::INVALID_ARGUMENT, "google.rpc.BadRequest"},
    {absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
     grpc::StatusCode::INVALID_ARGUMENT, "google.rpc.BadRequest"},
    {absl::StatusCode::kInvalidArgument, errors::kMessageMalformed,
     grpc::StatusCode::INVALID_ARGUMENT, "google.rpc.BadRequest"},
    {absl::StatusCode::kNotFound, errors::kModelNotFound,
     grpc::StatusCode::NOT_FOUND, "google.rpc.ResourceInfo"},
    {absl::StatusCode::kResourceExhausted, errors::kQueueFull,
     grpc::StatusCode::RESOURCE_EXHAUSTED, "google.rpc.QuotaFailure"},
    {absl::StatusCode::kResourceExhausted, errors::kQueueBytesFull,
     grpc::StatusCode::RESOURCE_EXHAUSTED, "google.rpc.QuotaFailure"},
    {absl::StatusCode::kResourceExhausted, errors::kOutOfMemory,
     grpc::StatusCode::RESOURCE_EXHAUSTED, "google.rpc.QuotaFailure"},
    {absl::StatusCode::kResourceExhausted, errors::kTooManyWatches,
     grpc::StatusCode::RESOURCE_EXHAUSTED, "google.rpc.QuotaFailure"},
    {absl::StatusCode::kUnavailable, errors::kDraining,
     grpc::StatusCode::UNAVAILABLE, ""},
    {absl::StatusCode::kUnavailable, errors::kModelNotReady,
     grpc::StatusCode::UNAVAILABLE, ""},
    {absl::StatusCode::kDeadlineExceeded, errors::kDeadlineExceeded,
     grpc::StatusCode::DEADLINE_EXCEEDED, ""},
    {absl::StatusCode::kDeadlineExceeded, errors::kDeadlineUnreachable,
     grpc::StatusCode::DEADLINE_EXCEEDED, ""},
    {absl::StatusCode::kCancelled, errors::kCancelled,
     grpc::StatusCode::CANCELLED, ""},
    {absl::StatusCode::kInternal, errors::kInferenceFailed,
     grpc::StatusCode::INTERNAL, ""},
};

TEST(RpcStatusTest, EachReasonHasItsCodeAndItsDetail) {
  for (const Row& row : kTable) {
    SCOPED_TRACE(row.reason);

    const grpc::Status status =
        ToGrpcStatus(errors::ServiceError(row.code, row.reason, "a message"));

    EXPECT_EQ(status.error_code(), row.grpc_code);
    const google::rpc::Status details = DetailsOf(status);
    EXPECT_EQ(details.code(), static_cast<int>(row.grpc_code));
    EXPECT_EQ(details.message(), status.error_message());
    // What went wrong within the server is for its log.
    EXPECT_EQ(details.message(), row.code == absl::StatusCode::kInternal
                                     ? "the server failed; its log says why"
                                     : "a message");
    ASSERT_EQ(details.details_size(), row.detail.empty() ? 1 : 2);
    const auto info = FindDetail<google::rpc::ErrorInfo>(details);
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->reason(), row.reason);
    EXPECT_EQ(info->domain(), "wanwu");
    if (!row.detail.empty()) {
      EXPECT_EQ(details.details(1).type_url(),
                "type.googleapis.com/" + std::string(row.detail));
    }
  }
}

absl::Status FullQueue(const std::string& retry_delay_ms) {
  return errors::ServiceError(
      absl::StatusCode::kResourceExhausted, errors::kQueueFull, "full",
      {{"value", "8"}, {"limit", "8"}, {"retry_delay_ms", retry_delay_ms}});
}

TEST(RpcStatusTest, MetadataTravelsInTheErrorInfo) {
  const auto info =
      FindDetail<google::rpc::ErrorInfo>(ToRpcStatus(FullQueue("5")));

  const std::map<std::string, std::string> metadata(info->metadata().begin(),
                                                    info->metadata().end());
  EXPECT_THAT(metadata,
              UnorderedElementsAre(Pair("value", "8"), Pair("limit", "8"),
                                   Pair("retry_delay_ms", "5")));
}

TEST(RpcStatusTest, RetryDelayTravelsInTheRetryInfo) {
  const auto retry =
      FindDetail<google::rpc::RetryInfo>(ToRpcStatus(FullQueue("2345")));

  ASSERT_TRUE(retry.has_value());
  EXPECT_EQ(retry->retry_delay().seconds(), 2);
  EXPECT_EQ(retry->retry_delay().nanos(), 345'000'000);
}

TEST(RpcStatusTest, DrainingAsksToRetryToo) {
  const auto retry = FindDetail<google::rpc::RetryInfo>(ToRpcStatus(
      errors::ServiceError(absl::StatusCode::kUnavailable, errors::kDraining,
                           "draining", {{"retry_delay_ms", "1000"}})));

  EXPECT_EQ(retry->retry_delay().seconds(), 1);
}

TEST(RpcStatusTest, WithoutARetryDelayThereIsNoRetryInfo) {
  for (const char* delay : {"0", "-5", "soon", ""}) {
    EXPECT_FALSE(
        FindDetail<google::rpc::RetryInfo>(ToRpcStatus(FullQueue(delay)))
            .has_value())
        << delay;
  }
}

TEST(RpcStatusTest, BadRequestNamesTheField) {
  const auto bad =
      FindDetail<google::rpc::BadRequest>(ToRpcStatus(errors::ServiceError(
          absl::StatusCode::kInvalidArgument, errors::kFieldInvalid, "too many",
          {{"field", "top_k"}})));

  ASSERT_EQ(bad->field_violations_size(), 1);
  EXPECT_EQ(bad->field_violations(0).field(), "top_k");
  EXPECT_EQ(bad->field_violations(0).description(), "too many");
}

TEST(RpcStatusTest, ResourceInfoNamesTheModel) {
  const auto resource = FindDetail<google::rpc::ResourceInfo>(ToRpcStatus(
      errors::ServiceError(absl::StatusCode::kNotFound, errors::kModelNotFound,
                           "no such model", {{"value", "nope"}})));

  EXPECT_EQ(resource->resource_type(), "model");
  EXPECT_EQ(resource->resource_name(), "nope");
}

TEST(RpcStatusTest, ForeignStatusKeepsItsCodeAndMessage) {
  const grpc::Status status =
      ToGrpcStatus(absl::FailedPreconditionError("not like this"));

  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "not like this");
}

}  // namespace
}  // namespace wanwu::rpc
