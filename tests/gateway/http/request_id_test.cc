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

}  // namespace
}  // namespace wanwu::gateway
