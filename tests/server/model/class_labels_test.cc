#include "server/model/class_labels.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/package_fixture.h"

namespace wanwu::model {
namespace {

using ::testing::HasSubstr;

constexpr char kHeader[] = "index\twordnet_id\tlabel_en\tlabel_zh\n";

std::string ErrorOf(const std::string& tsv, int count) {
  const absl::Status status =
      ClassLabels::Parse(tsv, count, "labels.tsv").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(ClassLabelsTest, GivesTheLabelOfEachLanguage) {
  const ClassLabels labels = ClassLabels::Parse(LabelsTsv(3), 3, "x").value();

  EXPECT_EQ(labels.count(), 3);
  EXPECT_EQ(labels.Label(2, Language::kEnglish), "class 2");
  EXPECT_EQ(labels.Label(2, Language::kChinese), "类2");
  EXPECT_EQ(labels.WordnetId(2), "n00000002");
}

TEST(ClassLabelsTest, EnglishStandsInForAMissingChineseLabel) {
  const ClassLabels labels =
      ClassLabels::Parse(std::string(kHeader) + "0\t\tcrane\t\n", 1, "x")
          .value();

  EXPECT_EQ(labels.Label(0, Language::kChinese), "crane");
  EXPECT_EQ(labels.WordnetId(0), "");
}

TEST(ClassLabelsTest, CarriageReturnsAreNoPartOfALabel) {
  const ClassLabels labels =
      ClassLabels::Parse(
          "index\twordnet_id\tlabel_en\tlabel_zh\r\n0\tn1\tcrane\t鹤\r\n", 1,
          "x")
          .value();

  EXPECT_EQ(labels.Label(0, Language::kChinese), "鹤");
}

TEST(ClassLabelsTest, LabelThatIsTooLongForAnAnswerIsRefused) {
  const std::string longest(1024, 'x');
  const std::string line = std::string(kHeader) + "0\tn1\t" + longest;

  EXPECT_TRUE(ClassLabels::Parse(line + "\t" + longest, 1, "x").ok());
  EXPECT_EQ(ErrorOf(line + "x\t\n", 1),
            "labels.tsv, line 2: a cell is longer than 1024 bytes");
  EXPECT_THAT(ErrorOf(line + "\t" + longest + "x\n", 1), HasSubstr("longer"));
}

TEST(ClassLabelsTest, AnotherNumberOfClassesIsRefused) {
  EXPECT_EQ(ErrorOf(LabelsTsv(3), 4),
            "labels.tsv: has 3 classes where the manifest states 4");
  EXPECT_THAT(ErrorOf("", 1), HasSubstr("line 1: the header must be"));
}

TEST(ClassLabelsTest, MistakesAreNamedWithTheirLine) {
  const std::string header = kHeader;

  EXPECT_THAT(ErrorOf("class\n0\ta\tb\tc\n", 1), HasSubstr("line 1: "));
  EXPECT_THAT(ErrorOf(header + "0\tn1\ttench\n", 1),
              HasSubstr("line 2: needs 4 cells"));
  EXPECT_THAT(ErrorOf(header + "0\tn\ta\tb\n0\tn\ta\tb\n", 2),
              HasSubstr("line 3: index must be 1"));
  EXPECT_THAT(ErrorOf(header + "0\tn\t\tb\n", 1),
              HasSubstr("line 2: label_en must not be empty"));
}

TEST(ClassLabelsTest, TextThatIsNotUtf8IsRefused) {
  EXPECT_THAT(ErrorOf(std::string(kHeader) + "0\tn\tcaf\xE9\t\n", 1),
              HasSubstr("is not UTF-8"));
}

TEST(LanguageTest, ChineseTagsOfAnyCaseAreChinese) {
  for (const char* tag :
       {"zh", "ZH", "zh-CN", "zh-Hant-TW", "Zh-hans", "zh_CN"}) {
    EXPECT_EQ(ParseLanguage(tag), Language::kChinese) << tag;
  }
}

TEST(LanguageTest, EverythingElseIsEnglish) {
  for (const char* tag : {"", "en", "en-GB", "de", "zha", "z", "zhCN"}) {
    EXPECT_EQ(ParseLanguage(tag), Language::kEnglish) << tag;
  }
}

}  // namespace
}  // namespace wanwu::model
