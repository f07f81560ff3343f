#include "server/access/token_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::access {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kToken[] = "0123456789abcdef";
// printf 0123456789abcdef | sha256sum
constexpr char kHash[] =
    "9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f";

std::string MistakeIn(const std::string& text) {
  return std::string(TokenList::Parse(text).status().message());
}

TEST(TokenListTest, FindsTheHolderOfEachToken) {
  const TokenList list = TokenList::Parse(
                             "# who may do what\n\n"
                             "  web\tclassify 0123456789abcdef  # since May\r\n"
                             "eye monitor fedcba9876543210")
                             .value();
  ASSERT_NE(list.Find(kToken), nullptr);
  EXPECT_EQ(list.Find(kToken)->name, "web");
  EXPECT_EQ(list.Find(kToken)->role, Role::kClassify);
  EXPECT_EQ(list.Find("fedcba9876543210")->role, Role::kMonitor);
}

TEST(TokenListTest, KnowsNoOtherToken) {
  const TokenList list =
      TokenList::Parse("web classify 0123456789abcdef").value();

  for (const char* token : {"", "0123456789abcde", "0123456789abcdefg",
                            "0123456789ABCDEF", kHash}) {
    EXPECT_EQ(list.Find(token), nullptr) << token;
  }
}

TEST(TokenListTest, TakesATokensHashInItsPlace) {
  const TokenList list =
      TokenList::Parse(std::string("web classify sha256:") + kHash).value();

  EXPECT_NE(list.Find(kToken), nullptr);
  EXPECT_EQ(list.Find(kHash), nullptr);
}

TEST(TokenListTest, ANameMayHaveSeveralTokens) {
  const TokenList list = TokenList::Parse(
                             "web classify 0123456789abcdef\n"
                             "web monitor fedcba9876543210\n")
                             .value();

  EXPECT_EQ(list.Find(kToken)->name, list.Find("fedcba9876543210")->name);
}

TEST(TokenListTest, NamesTheLineAtFaultAndNeverShowsTheToken) {
  for (const char* line :
       {"web classify", "web classify 0123456789abcdef secret",
        "web boss secret-secret-secret", "web classify secret",
        "web classify sha256:secret",
        "web classify s\xc3\xa9"
        "cretsecretsecret"}) {
    EXPECT_THAT(MistakeIn("a monitor fedcba9876543210\n" + std::string(line)),
                AllOf(HasSubstr("line 2: "), Not(HasSubstr("secret"))));
  }
}

TEST(TokenListTest, RefusesATokenTwice) {
  EXPECT_THAT(MistakeIn(std::string("a monitor 0123456789abcdef\n") +
                        "b admin sha256:" + kHash),
              HasSubstr("line 2: the same token"));
}

TEST(TokenListTest, RefusesAFileWithoutTokens) {
  EXPECT_THAT(MistakeIn("# none\n"), HasSubstr("no token"));
}

}  // namespace
}  // namespace wanwu::access
