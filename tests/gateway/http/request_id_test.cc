#include "gateway/http/request_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::gateway {
namespace {

using ::testing::MatchesRegex;

constexpr char kMadeUp[] = "[0-9a-f]{32}";

TEST(RequestIdTest, KeepsTheCallersOwn) {
  EXPECT_EQ(RequestIdFor("My-id_1~!"), "My-id_1~!");
  EXPECT_EQ(RequestIdFor(std::string(128, 'x')), std::string(128, 'x'));
}

TEST(RequestIdTest, MakesOneUpWhereThereIsNone) {
  EXPECT_THAT(RequestIdFor(""), MatchesRegex(kMadeUp));
}

TEST(RequestIdTest, ReplacesWhatNoHeaderOrLogMayCarry) {
  EXPECT_THAT(RequestIdFor("a b"), MatchesRegex(kMadeUp));
  EXPECT_THAT(RequestIdFor("a\r\nSet-Cookie: x"), MatchesRegex(kMadeUp));
  EXPECT_THAT(RequestIdFor("\xc3\xa9"), MatchesRegex(kMadeUp));
  EXPECT_THAT(RequestIdFor(std::string(129, 'x')), MatchesRegex(kMadeUp));
}

TEST(RequestIdTest, NeverMakesTheSameTwice) {
  EXPECT_NE(RequestIdFor(""), RequestIdFor(""));
}

TEST(TraceparentTest, TakesVersionZeroOfTheStandard) {
  EXPECT_TRUE(
      IsTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
}

TEST(TraceparentTest, RefusesIdsOfZeros) {
  EXPECT_FALSE(
      IsTraceparent("00-00000000000000000000000000000000-b7ad6b7169203331-01"));
  EXPECT_FALSE(
      IsTraceparent("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"));
}

TEST(TraceparentTest, RefusesOtherForms) {
  EXPECT_FALSE(IsTraceparent(""));
  EXPECT_FALSE(
      IsTraceparent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_FALSE(
      IsTraceparent("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"));
  EXPECT_FALSE(
      IsTraceparent("00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01"));
  EXPECT_FALSE(
      IsTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"));
  EXPECT_FALSE(IsTraceparent(
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x"));
  EXPECT_FALSE(
      IsTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g"));
}

}  // namespace
}  // namespace wanwu::gateway
