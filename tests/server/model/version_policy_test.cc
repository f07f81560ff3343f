#include "server/model/version_policy.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::model {
namespace {

using ::testing::ElementsAre;

TEST(VersionPolicyTest, TheDefaultIsTheNewestOfEachModel) {
  EXPECT_EQ(VersionPolicy().ToString(), "latest");
  const VersionRule rule = VersionPolicy().RuleFor("any");
  EXPECT_TRUE(rule.Allows(1));
  EXPECT_FALSE(rule.IsEnough(0));
  EXPECT_TRUE(rule.IsEnough(1));
}

TEST(VersionPolicyTest, AllIsNeverEnough) {
  const VersionRule rule = VersionPolicy::Parse("all")->RuleFor("any");
  EXPECT_TRUE(rule.Allows(1));
  EXPECT_FALSE(rule.IsEnough(1000));
}

TEST(VersionPolicyTest, PinnedVersionsAreTheOnlyOnes) {
  const VersionRule rule = VersionPolicy::Parse("pinned:1+30")->RuleFor("any");
  EXPECT_THAT(rule.versions, ElementsAre(1, 30));
  EXPECT_TRUE(rule.Allows(30));
  EXPECT_FALSE(rule.Allows(3));
  EXPECT_FALSE(rule.IsEnough(2));
}

TEST(VersionPolicyTest, AModelMayHaveARuleOfItsOwn) {
  const auto policy = VersionPolicy::Parse("all,a=latest:2,b.c=pinned:7");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->RuleFor("a").count, 2u);
  EXPECT_THAT(policy->RuleFor("b.c").versions, ElementsAre(7));
  EXPECT_EQ(policy->RuleFor("other").kind, VersionRule::Kind::kAll);
}

class VersionPolicyTextTest : public ::testing::TestWithParam<const char*> {};

TEST_P(VersionPolicyTextTest, IsWrittenAsItIsRead) {
  const auto policy = VersionPolicy::Parse(GetParam());
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->ToString(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Texts, VersionPolicyTextTest,
                         ::testing::Values("latest", "latest:3", "all",
                                           "pinned:1", "pinned:1+2",
                                           "all,a=latest,b=pinned:3+4"));

class BadVersionPolicyTest : public ::testing::TestWithParam<const char*> {};

TEST_P(BadVersionPolicyTest, IsRefused) {
  EXPECT_EQ(VersionPolicy::Parse(GetParam()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Texts, BadVersionPolicyTest,
                         ::testing::Values("", "newest", "latest:", "latest:0",
                                           "latest:101", "latest:x", "pinned",
                                           "pinned:", "pinned:01", "pinned:1,2",
                                           "all:1", "all,latest", "=all",
                                           "a=all,a=latest", "a b=all",
                                           "all,"));

}  // namespace
}  // namespace wanwu::model
