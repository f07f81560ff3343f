#include "client/lib/rpc_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/status_from_rpc.h"
#include "google/rpc/error_details.pb.h"

namespace wanwu::client {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::Pair;

google::rpc::Status QueueFull() {
  google::rpc::ErrorInfo cause;
  cause.set_reason("QUEUE_FULL");
  cause.set_domain("wanwu");
  (*cause.mutable_metadata())["limit"] = "1024";
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(250'000'000);

  google::rpc::Status error;
  error.set_code(8);
  error.set_message("the queue is full");
  error.add_details()->PackFrom(cause);
  error.add_details()->PackFrom(retry);
  return error;
}

TEST(RpcErrorTest, TakesApartTheDetailsOfACall) {
  const grpc::Status status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                            "the queue is full",
                            QueueFull().SerializeAsString());

  const RpcError error = DescribeError(StatusFrom(status));

  EXPECT_EQ(error.code, "RESOURCE_EXHAUSTED");
  EXPECT_EQ(error.reason, "QUEUE_FULL");
  EXPECT_EQ(error.domain, "wanwu");
  EXPECT_EQ(error.message, "the queue is full");
  EXPECT_THAT(error.metadata, ElementsAre(Pair("limit", "1024")));
  EXPECT_EQ(error.retry_delay, milliseconds(250));
}

TEST(RpcErrorTest, TakesApartTheErrorOfOnePictureInTheSameWay) {
  const RpcError error = DescribeError(StatusFrom(QueueFull()));

  EXPECT_EQ(error.code, "RESOURCE_EXHAUSTED");
  EXPECT_EQ(error.reason, "QUEUE_FULL");
  EXPECT_EQ(error.retry_delay, milliseconds(250));
}

TEST(RpcErrorTest, LeavesReasonEmptyWithoutDetails) {
  const grpc::Status status(grpc::StatusCode::UNAVAILABLE, "Socket closed");

  const RpcError error = DescribeError(StatusFrom(status));

  EXPECT_EQ(error.code, "UNAVAILABLE");
  EXPECT_EQ(error.message, "Socket closed");
  EXPECT_TRUE(error.reason.empty());
  EXPECT_FALSE(error.retry_delay.has_value());
}

TEST(RpcErrorTest, KeepsCodeAndMessageWhenDetailsAreGarbage) {
  const grpc::Status status(grpc::StatusCode::INTERNAL, "broken",
                            std::string("\xff\xff\xff", 3));

  const RpcError error = DescribeError(StatusFrom(status));

  EXPECT_EQ(error.code, "INTERNAL");
  EXPECT_EQ(error.message, "broken");
  EXPECT_TRUE(error.reason.empty());
}

TEST(RpcErrorTest, BoundsASenselessRetryDelay) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(INT64_MAX);
  google::rpc::Status status;
  status.set_code(14);
  status.add_details()->PackFrom(retry);

  const RpcError error = DescribeError(StatusFrom(status));

  EXPECT_GT(error.retry_delay, std::chrono::hours(24 * 365));
}

TEST(RpcErrorTest, NeverTakesAnErrorWithTheCodeOkForSuccess) {
  EXPECT_FALSE(StatusFrom(google::rpc::Status()).ok());
}

TEST(RpcErrorTest, MapsCodesOutsideTheCanonicalOnesToUnknown) {
  google::rpc::Status status;
  status.set_code(99);

  EXPECT_EQ(DescribeError(StatusFrom(status)).code, "UNKNOWN");
}

TEST(RpcErrorTest, GivesBackTheReasonOfErrorsMadeHere) {
  const RpcError error = DescribeError(MakeError(
      absl::StatusCode::kNotFound, "FILE_UNREADABLE", "no such file"));

  EXPECT_EQ(error.code, "NOT_FOUND");
  EXPECT_EQ(error.reason, "FILE_UNREADABLE");
  EXPECT_EQ(error.domain, kClientDomain);
  EXPECT_EQ(error.message, "no such file");
}

}  // namespace
}  // namespace wanwu::client
