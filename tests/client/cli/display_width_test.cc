#include "client/cli/display_width.h"

#include <gtest/gtest.h>

namespace wanwu::cli {
namespace {

TEST(DisplayWidthTest, CountsAsciiOneColumnEach) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("tabby, cat"), 10u);
}

TEST(DisplayWidthTest, CountsChineseTwoColumnsEach) {
  EXPECT_EQ(DisplayWidth("虎斑猫"), 6u);
  EXPECT_EQ(DisplayWidth("鹤（鸟）"), 8u);
}

TEST(DisplayWidthTest, CountsJapaneseAndKoreanTwoColumnsEach) {
  EXPECT_EQ(DisplayWidth("ねこ"), 4u);
  EXPECT_EQ(DisplayWidth("고양이"), 6u);
}

TEST(DisplayWidthTest, CountsAccentedAndCyrillicLettersOneColumnEach) {
  EXPECT_EQ(DisplayWidth("café кот"), 8u);
}

TEST(DisplayWidthTest, CountsCombiningMarksAsNothing) {
  EXPECT_EQ(DisplayWidth("e\u0301"), 1u);
}

TEST(DisplayWidthTest, CountsEmojiTwoColumns) {
  EXPECT_EQ(DisplayWidth("🐈"), 2u);
}

TEST(DisplayWidthTest, CountsEachByteThatIsNotUtf8AsOneColumn) {
  EXPECT_EQ(DisplayWidth("a\xff\xfe"), 3u);
  EXPECT_EQ(DisplayWidth("\xe8\x99"), 2u);
}

TEST(DisplayWidthTest, PadsByColumnsNotBytes) {
  EXPECT_EQ(PadRight("猫", 4), "猫  ");
  EXPECT_EQ(PadLeft("猫", 4), "  猫");
  EXPECT_EQ(PadRight("tabby", 3), "tabby");
}

TEST(DisplayWidthTest, TruncatesBeforeACharacterThatDoesNotFit) {
  EXPECT_EQ(Truncate("虎斑猫", 5), "虎斑");
  EXPECT_EQ(Truncate("tabby", 9), "tabby");
}

TEST(DisplayWidthTest, PrintableTakesTerminalSequencesAndLineBreaksOut) {
  EXPECT_EQ(Printable("a\x1b[31m\nb\tc\x7f"), "a?[31m?b?c?");
}

TEST(DisplayWidthTest, PrintableTakesBidirectionalOverridesOut) {
  EXPECT_EQ(Printable("cat\u202Egpj.exe"), "cat?gpj.exe");
}

TEST(DisplayWidthTest, PrintableTakesBytesThatAreNotUtf8Out) {
  EXPECT_EQ(Printable("caf\xe9.jpg"), "caf?.jpg");
  EXPECT_EQ(Printable("\xc0\xaf"), "??");
  EXPECT_EQ(Printable("\xed\xa0\x80"), "???");
}

TEST(DisplayWidthTest, PrintableKeepsTextInOtherScripts) {
  EXPECT_EQ(Printable("虎斑猫 café 🐈"), "虎斑猫 café 🐈");
}

}  // namespace
}  // namespace wanwu::cli
