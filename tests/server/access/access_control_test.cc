#include "server/access/access_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/errors/service_error.h"
#include "tests/common/secrets/temporary_folder.h"

namespace wanwu::access {
namespace {

constexpr Method kClassify = {"wanwu.v1.ImageClassifier", "Classify"};
constexpr Method kWatchStatus = {"wanwu.v1.ImageClassifier", "WatchStatus"};
constexpr Method kCheck = {"grpc.health.v1.Health", "Check"};

class AccessControlTest : public ::testing::Test {
 protected:
  AccessControlTest() {
    Write(
        "web classify web-0123456789abcdef\n"
        "eye monitor eye-0123456789abcdef\n"
        "front gateway front-0123456789abcdef\n");
    const std::string path = folder_.Path("tokens");
    tokens_ = TokenFile::Open(
                  {path},
                  [path]() -> absl::StatusOr<TokenList> {
                    return TokenList::Parse(secrets::ReadSecret(path).value());
                  },
                  [](const absl::Status& /*taken*/) {})
                  .value();
  }

  void Write(const std::string& text) { folder_.Write("tokens", text); }

  AccessControl WithTokens(bool health_is_open = true) const {
    return AccessControl({.tokens = tokens_, .health_is_open = health_is_open});
  }

  static AccessControl WithNames(const char* names) {
    return AccessControl({.allowed_names = NamePatterns::Parse(names).value()});
  }

  const test_support::TemporaryFolder folder_;
  std::shared_ptr<TokenFile> tokens_;
};

Presented Showing(std::string_view authorization) {
  return {.authorization = authorization};
}

std::string Refusal(const AccessControl& access, const Presented& presented,
                    const Method& method) {
  const auto caller = access.Check(presented, method);
  if (caller.ok()) return "";
  return absl::StatusCodeToString(caller.status().code()) + " " +
         errors::Reason(caller.status());
}

TEST_F(AccessControlTest, LetsEverybodyInWhereNothingIsAsked) {
  const auto caller = AccessControl().Check({}, {"any", "Method"});

  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->identity, "");
  EXPECT_TRUE(caller->speaks_for_others);
}

TEST_F(AccessControlTest, KnowsACallerByItsToken) {
  const auto caller =
      WithTokens().Check(Showing("Bearer web-0123456789abcdef"), kClassify);

  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->identity, "token web");
  EXPECT_FALSE(caller->speaks_for_others);
}

TEST_F(AccessControlTest, OnlyAGatewaySpeaksForOthers) {
  const auto caller =
      WithTokens().Check(Showing("bearer front-0123456789abcdef"), kClassify);

  ASSERT_TRUE(caller.ok());
  EXPECT_TRUE(caller->speaks_for_others);
}

TEST_F(AccessControlTest, SaysWhetherATokenIsMissingUnknownOrOfTooLowARole) {
  const AccessControl access = WithTokens();

  EXPECT_EQ(Refusal(access, {}, kClassify), "UNAUTHENTICATED TOKEN_MISSING");
  EXPECT_EQ(Refusal(access, Showing("Basic web-0123456789abcdef"), kClassify),
            "UNAUTHENTICATED TOKEN_MISSING");
  EXPECT_EQ(Refusal(access, Showing("Bearer web-0123456789abcdeg"), kClassify),
            "UNAUTHENTICATED TOKEN_UNKNOWN");
  EXPECT_EQ(Refusal(access, Showing("Bearer eye-0123456789abcdef"), kClassify),
            "PERMISSION_DENIED ROLE_NOT_ALLOWED");
  EXPECT_EQ(
      Refusal(access, Showing("Bearer web-0123456789abcdef"), kWatchStatus),
      "PERMISSION_DENIED ROLE_NOT_ALLOWED");
}

TEST_F(AccessControlTest, AnswersHealthChecksToEverybodyOnlyIfThatIsWanted) {
  EXPECT_EQ(Refusal(WithTokens(), {}, kCheck), "");
  EXPECT_EQ(Refusal(WithTokens(false), {}, kCheck),
            "UNAUTHENTICATED TOKEN_MISSING");
  EXPECT_EQ(Refusal(WithTokens(false), Showing("Bearer eye-0123456789abcdef"),
                    kCheck),
            "");
}

TEST_F(AccessControlTest, FollowsTheFileOfTokens) {
  const AccessControl access = WithTokens();
  Write("web classify new-0123456789abcdef");

  tokens_->Refresh();

  EXPECT_EQ(Refusal(access, Showing("Bearer new-0123456789abcdef"), kClassify),
            "");
  EXPECT_EQ(Refusal(access, Showing("Bearer web-0123456789abcdef"), kClassify),
            "UNAUTHENTICATED TOKEN_UNKNOWN");
}

TEST_F(AccessControlTest, LetsInCertificatesOfAllowedNames) {
  const AccessControl access = WithNames("*.example.org");

  const auto caller = access.Check(
      {.certificate_names = {"spiffe://example.org/web", "web.example.org"}},
      kClassify);

  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->identity, "certificate spiffe://example.org/web");
  EXPECT_FALSE(caller->speaks_for_others);
}

TEST_F(AccessControlTest, RefusesCertificatesOfOtherNamesAndOfNone) {
  const AccessControl access = WithNames("web.example.org");
  const std::string refusal = "PERMISSION_DENIED NAME_NOT_ALLOWED";

  EXPECT_EQ(
      Refusal(access, {.certificate_names = {"evil.example.org"}}, kClassify),
      refusal);
  EXPECT_EQ(Refusal(access, {}, kClassify), refusal);
  EXPECT_EQ(Refusal(access, {}, kCheck), "");
}

TEST_F(AccessControlTest, ATokenDoesNotReplaceAnAllowedName) {
  const AccessControl access(
      {.tokens = tokens_,
       .allowed_names = NamePatterns::Parse("web.example.org").value()});
  Presented presented = Showing("Bearer web-0123456789abcdef");
  presented.certificate_names = {"evil.example.org"};

  EXPECT_EQ(Refusal(access, presented, kClassify),
            "PERMISSION_DENIED NAME_NOT_ALLOWED");
}

}  // namespace
}  // namespace wanwu::access
