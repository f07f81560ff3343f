#include "gateway/errors/http_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "client/lib/status_from_rpc.h"
#include "gateway/errors/gateway_error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/client/support/fake_server.h"

namespace wanwu::gateway {
namespace {

using nlohmann::json;

json ErrorIn(const HttpError& error) {
  return json::parse(error.body)["error"];
}

absl::Status QueueFull(std::chrono::milliseconds delay) {
  return client::StatusFrom(test::QueueFullAnswer("", delay).error());
}

TEST(HttpErrorTest, HasAStatusForEveryCode) {
  const std::vector<std::pair<absl::StatusCode, int>> table = {
      {absl::StatusCode::kCancelled, 499},
      {absl::StatusCode::kUnknown, 500},
      {absl::StatusCode::kInvalidArgument, 400},
      {absl::StatusCode::kDeadlineExceeded, 504},
      {absl::StatusCode::kNotFound, 404},
      {absl::StatusCode::kAlreadyExists, 409},
      {absl::StatusCode::kPermissionDenied, 403},
      {absl::StatusCode::kResourceExhausted, 429},
      {absl::StatusCode::kFailedPrecondition, 400},
      {absl::StatusCode::kAborted, 409},
      {absl::StatusCode::kOutOfRange, 400},
      {absl::StatusCode::kUnimplemented, 501},
      {absl::StatusCode::kInternal, 500},
      {absl::StatusCode::kUnavailable, 503},
      {absl::StatusCode::kDataLoss, 500},
      {absl::StatusCode::kUnauthenticated, 401},
  };
  for (const auto& [code, status] : table) {
    EXPECT_EQ(ToHttpError(absl::Status(code, "why")).status, status) << status;
  }
}

TEST(HttpErrorTest, HasAStatusOfItsOwnForSomeReasons) {
  const std::vector<std::pair<const char*, int>> table = {
      {kMethodNotAllowed, 405},       {kRequestTimeout, 408},
      {kBodyTooLarge, 413},           {"IMAGE_TOO_LARGE", 413},
      {kContentTypeUnsupported, 415}, {"IMAGE_UNSUPPORTED", 415},
      {kExpectationFailed, 417},      {kHeadersTooLarge, 431},
      {"TOKEN_MISSING", 502},         {"TOKEN_UNKNOWN", 502},
      {"ROLE_NOT_ALLOWED", 502},      {"NAME_NOT_ALLOWED", 502},
  };
  for (const auto& [reason, status] : table) {
    const HttpError error = ToHttpError(
        GatewayError(absl::StatusCode::kInvalidArgument, reason, "why"));
    EXPECT_EQ(error.status, status) << reason;
    EXPECT_EQ(ErrorIn(error)["code"], status) << reason;
  }
}

TEST(HttpErrorTest, GivesOtherReasonsTheStatusOfTheirCode) {
  EXPECT_EQ(ToHttpError(FieldError("top_k", "why")).status, 400);
  EXPECT_EQ(ToHttpError(BufferFullError(10)).status, 503);
}

TEST(HttpErrorTest, WritesTheErrorAsOneLineOfJson) {
  const HttpError error = ToHttpError(FieldError("top_k", "not a number"));

  EXPECT_EQ(error.body.find('\n'), error.body.size() - 1);
  EXPECT_EQ(ErrorIn(error)["status"], "INVALID_ARGUMENT");
  EXPECT_EQ(ErrorIn(error)["message"], "top_k: not a number");
}

TEST(HttpErrorTest, WritesTheDetailsWithTheirTypes) {
  const json details =
      ErrorIn(ToHttpError(FieldError("top_k", "why")))["details"];

  ASSERT_EQ(details.size(), 1U);
  EXPECT_EQ(details[0]["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
  EXPECT_EQ(details[0]["reason"], "FIELD_INVALID");
  EXPECT_EQ(details[0]["domain"], "wanwu.gateway");
  EXPECT_EQ(details[0]["metadata"]["field"], "top_k");
}

TEST(HttpErrorTest, KeepsTheServersDetails) {
  const json details = ErrorIn(
      ToHttpError(QueueFull(std::chrono::milliseconds(250))))["details"];

  ASSERT_EQ(details.size(), 2U);
  EXPECT_EQ(details[0]["domain"], "wanwu");
  EXPECT_EQ(details[1]["retryDelay"], "0.250s");
}

TEST(HttpErrorTest, GivesAReasonWhereTheErrorHasNone) {
  const json gone =
      ErrorIn(ToHttpError(absl::UnavailableError("gone")))["details"];
  const json late =
      ErrorIn(ToHttpError(absl::DeadlineExceededError("late")))["details"];

  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0]["reason"], "SERVER_UNREACHABLE");
  EXPECT_EQ(gone[0]["domain"], "wanwu.gateway");
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(late[0]["reason"], "DEADLINE_EXCEEDED");
}

TEST(HttpErrorTest, TellsNothingOfFaultsAndOfTheTransport) {
  const std::string secret = "ipv4:127.0.0.1:8500: /etc/wanwu what()";
  const std::vector<absl::Status> errors = {
      absl::UnavailableError(secret),
      absl::DeadlineExceededError(secret),
      absl::ResourceExhaustedError(secret),
      absl::InternalError(secret),
      absl::UnknownError(secret),
      GatewayError(absl::StatusCode::kInternal, "INFERENCE_FAILED", secret)};

  for (const absl::Status& error : errors) {
    EXPECT_EQ(ToHttpError(error).body.find("127"), std::string::npos) << error;
    EXPECT_EQ(ErrorObject(error).find("what"), std::string::npos) << error;
    EXPECT_NE(ErrorIn(ToHttpError(error))["message"], "") << error;
  }
}

TEST(HttpErrorTest, LeavesDebugDetailsOut) {
  google::rpc::DebugInfo debug;
  debug.set_detail("/etc/wanwu");
  google::rpc::Status details;
  details.set_code(static_cast<int>(absl::StatusCode::kInvalidArgument));
  details.add_details()->PackFrom(debug);

  EXPECT_EQ(ErrorIn(ToHttpError(client::StatusFrom(details)))["details"],
            json::array());
}

TEST(HttpErrorTest, MapsAnExhaustedServerWhateverTheReason) {
  for (const char* reason : {"QUEUE_FULL", "OUT_OF_MEMORY",
                             "QUEUE_WAIT_TOO_LONG", "SOMETHING_NEW"}) {
    const HttpError error = ToHttpError(
        GatewayError(absl::StatusCode::kResourceExhausted, reason, "full"));
    EXPECT_EQ(error.status, 429) << reason;
    EXPECT_EQ(error.retry_after, 1) << reason;
    EXPECT_EQ(ErrorIn(error)["details"][0]["reason"], reason);
    EXPECT_EQ(ErrorIn(error)["message"], "full");
  }
}

TEST(HttpErrorTest, RoundsTheServersDelayUpToSeconds) {
  EXPECT_EQ(ToHttpError(QueueFull(std::chrono::milliseconds(1))).retry_after,
            1);
  EXPECT_EQ(ToHttpError(QueueFull(std::chrono::milliseconds(2001))).retry_after,
            3);
  EXPECT_EQ(ToHttpError(QueueFull(std::chrono::milliseconds(0))).retry_after,
            1);
}

TEST(HttpErrorTest, AlwaysSaysWhenToRetryWhatMayGetBetter) {
  EXPECT_EQ(ToHttpError(absl::UnavailableError("")).retry_after, 1);
  EXPECT_EQ(ToHttpError(absl::ResourceExhaustedError("")).retry_after, 1);
  EXPECT_EQ(ToHttpError(absl::InternalError("")).retry_after, std::nullopt);
}

TEST(HttpErrorTest, ReplacesBytesThatNoTextMayHold) {
  const HttpError error =
      ToHttpError(GatewayError(absl::StatusCode::kUnimplemented,
                               kMethodNotAllowed, "/\xff", {{"a", "\xff"}}));

  EXPECT_EQ(error.status, 405);
  EXPECT_EQ(ErrorIn(error)["message"], "/\xef\xbf\xbd");
  EXPECT_EQ(ErrorIn(error)["details"][0]["metadata"]["a"], "\xef\xbf\xbd");
}

TEST(HttpErrorTest, IsATextForTheOpenInferenceProtocol) {
  EXPECT_EQ(ErrorFormOf("/v2"), ErrorForm::kInference);
  EXPECT_EQ(ErrorFormOf("/v2/models/m"), ErrorForm::kInference);
  EXPECT_EQ(ErrorFormOf("/v20"), ErrorForm::kOwn);
  EXPECT_EQ(ErrorFormOf("/v1/classify"), ErrorForm::kOwn);

  const HttpError error =
      ToHttpError(FieldError("id", "why"), ErrorForm::kInference);

  EXPECT_EQ(error.status, 400);
  const json body = json::parse(error.body);
  EXPECT_EQ(body["error"], "id: why");
  EXPECT_EQ(body["code"], 400);
  EXPECT_EQ(body["status"], "INVALID_ARGUMENT");
  EXPECT_EQ(body["details"][0]["reason"], "FIELD_INVALID");
}

TEST(HttpErrorTest, IsTheSameObjectWithinOtherJson) {
  const absl::Status status = FieldError("id", "why");

  EXPECT_EQ(json::parse(ErrorObject(status)), ErrorIn(ToHttpError(status)));
}

}  // namespace
}  // namespace wanwu::gateway
