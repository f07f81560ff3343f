#include "client/cli/error_text.h"

#include <gtest/gtest.h>

namespace wanwu::cli {
namespace {

TEST(ErrorTextTest, NamesSubjectMessageAndReason) {
  const auto error = client::MakeError(absl::StatusCode::kInvalidArgument,
                                       "IMAGE_EMPTY", "the picture is empty");

  EXPECT_EQ(ErrorLine("cat.jpg", error),
            "wanwu: cat.jpg: the picture is empty (IMAGE_EMPTY)\n");
}

TEST(ErrorTextTest, NamesTheCodeWhereThereIsNoReason) {
  EXPECT_EQ(ErrorLine("", absl::InternalError("broken")),
            "wanwu: broken (INTERNAL)\n");
}

TEST(ErrorTextTest, CutsTheListOfAttemptsOffALostConnection) {
  const auto lost = absl::UnavailableError(
      "failed to connect to all addresses; last error: UNKNOWN: ipv4:…");

  EXPECT_EQ(ErrorForUser(lost).message,
            "the connection to the server was lost: failed to connect to all "
            "addresses");
}

TEST(ErrorTextTest, KeepsTheServersOwnMessageWhenItIsUnavailable) {
  const auto draining = client::MakeError(absl::StatusCode::kUnavailable,
                                          "DRAINING", "going; come back");

  EXPECT_EQ(ErrorForUser(draining).message, "going; come back");
}

TEST(ErrorTextTest, StaysOnOneLine) {
  EXPECT_EQ(ErrorLine("a\nb", absl::InternalError("c\r\nd")),
            "wanwu: a?b: c??d (INTERNAL)\n");
}

TEST(ErrorTextTest, NeverLeavesTheMessageEmpty) {
  EXPECT_EQ(ErrorForUser(absl::InternalError("")).message,
            "the server gave no message");
}

}  // namespace
}  // namespace wanwu::cli
