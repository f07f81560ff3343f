#include "server/errors/shown.h"

#include <string>

#include "gtest/gtest.h"

namespace wanwu::errors {
namespace {

TEST(ShownTest, ShortTextIsShownAsItIs) {
  EXPECT_EQ(Shown(""), "");
  EXPECT_EQ(Shown(std::string(100, 'x')), std::string(100, 'x'));
}

TEST(ShownTest, LongTextIsCutBetweenCharactersAndMarked) {
  EXPECT_EQ(Shown(std::string(101, 'x')), std::string(100, 'x') + "…");
  std::string text;
  for (int i = 0; i < 50; ++i) text += "类";

  EXPECT_EQ(Shown(text), text.substr(0, 99) + "…");
}

}  // namespace
}  // namespace wanwu::errors
