#include "server/model/utf8.h"

#include "gtest/gtest.h"

namespace wanwu::model {
namespace {

TEST(Utf8Test, AcceptsSequencesOfEveryLength) {
  for (const char* text : {"", "a", "é", "鹤", "\U0001F40C", "\xF4\x8F\xBF\xBF",
                           "\xEF\xBF\xBD", "\xC2\x80"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
}

TEST(Utf8Test, RefusesTruncatedSequences) {
  for (const char* text : {"\xC3", "\xE9\xB9", "\xF0\x9F\x90",
                           "\xE9\xB9"
                           "a"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

TEST(Utf8Test, RefusesOverlongFormsSurrogatesAndBeyondUnicode) {
  for (const char* text :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF",
        "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80",
        "\xFF"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

}  // namespace
}  // namespace wanwu::model
