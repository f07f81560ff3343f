#include "client/shards/verdict.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "client/lib/rpc_error.h"

namespace wanwu::shards {
namespace {

using absl::StatusCode;

Verdict Of(StatusCode code, const std::string& reason) {
  return VerdictOf(client::MakeError(code, reason, "words"));
}

Verdict OfErrno(int number) {
  client::RpcError error;
  error.reason = "FILE_UNREADABLE";
  error.metadata["errno"] = std::to_string(number);
  return VerdictOf(client::MakeError(absl::ErrnoToStatusCode(number), error));
}

TEST(VerdictTest, BlamesThePictureForWhatItIs) {
  EXPECT_EQ(Of(StatusCode::kInvalidArgument, "IMAGE_DECODE_FAILED"),
            Verdict::kBadPicture);
  EXPECT_EQ(Of(StatusCode::kInvalidArgument, "FILE_TOO_LARGE"),
            Verdict::kBadPicture);
  EXPECT_EQ(VerdictOf(absl::InvalidArgumentError("the request is too large")),
            Verdict::kBadPicture);
  for (const int number : {ENOENT, EACCES, EISDIR, ENAMETOOLONG}) {
    EXPECT_EQ(OfErrno(number), Verdict::kBadPicture) << number;
  }
}

TEST(VerdictTest, BlamesTheVolumeForWhatItDoes) {
  for (const int number : {EIO, ENOTCONN, ESTALE, EMFILE, ETIMEDOUT}) {
    EXPECT_EQ(OfErrno(number), Verdict::kWait) << number;
  }
}

TEST(VerdictTest, WaitsForAServerThatIsAwayOrBusy) {
  EXPECT_EQ(VerdictOf(absl::UnavailableError("Socket closed")), Verdict::kWait);
  EXPECT_EQ(Of(StatusCode::kResourceExhausted, "QUEUE_FULL"), Verdict::kWait);
  EXPECT_EQ(Of(StatusCode::kUnavailable, "DRAINING"), Verdict::kWait);
  EXPECT_EQ(Of(StatusCode::kDeadlineExceeded, "ANSWER_TIMEOUT"),
            Verdict::kWait);
  EXPECT_EQ(VerdictOf(absl::InternalError("RST_STREAM")), Verdict::kWait);
  EXPECT_EQ(VerdictOf(absl::CancelledError("")), Verdict::kWait);
}

TEST(VerdictTest, TriesAgainWhatTheServerFailedOn) {
  EXPECT_EQ(Of(StatusCode::kInternal, "INFERENCE_FAILED"), Verdict::kTryAgain);
}

TEST(VerdictTest, GivesUpWhatEveryPictureWouldGet) {
  EXPECT_EQ(Of(StatusCode::kNotFound, "MODEL_NOT_FOUND"), Verdict::kRefused);
  EXPECT_EQ(Of(StatusCode::kUnauthenticated, "TOKEN_MISSING"),
            Verdict::kRefused);
  EXPECT_EQ(Of(StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"),
            Verdict::kRefused);
  EXPECT_EQ(Of(StatusCode::kInvalidArgument, "FIELD_INVALID"),
            Verdict::kRefused);
}

}  // namespace
}  // namespace wanwu::shards
