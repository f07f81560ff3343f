#include "gateway/http/media_type.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::gateway {
namespace {

using ::testing::IsEmpty;

TEST(MediaTypeTest, ReadsTheNameInLowerCase) {
  EXPECT_EQ(ParseMediaType("  Image/JPEG ").name, "image/jpeg");
}

TEST(MediaTypeTest, IsEmptyWhenNothingWasSent) {
  EXPECT_EQ(ParseMediaType("").name, "");
  EXPECT_THAT(ParseMediaType("").parameters, IsEmpty());
}

TEST(MediaTypeTest, KeepsTheCaseOfParameterValuesOnly) {
  const MediaType type = ParseMediaType("a/b; Charset=UTF-8 ;x= y");

  EXPECT_EQ(type.Parameter("charset"), "UTF-8");
  EXPECT_EQ(type.Parameter("x"), "y");
}

TEST(MediaTypeTest, TakesQuotesOffAValue) {
  EXPECT_EQ(ParseMediaType("a/b; x=\"one; two\"; y=z").Parameter("x"),
            "one; two");
  EXPECT_EQ(ParseMediaType("a/b; x=\"one; two\"; y=z").Parameter("y"), "z");
}

TEST(MediaTypeTest, ReadsEscapesWithinQuotes) {
  EXPECT_EQ(ParseMediaType(R"(a/b; x="say \"ah\" \\ ")").Parameter("x"),
            R"(say "ah" \ )");
}

TEST(MediaTypeTest, TellsAnEmptyQuotedValueFromNone) {
  const MediaType type = ParseMediaType("form-data; filename=\"\"");

  EXPECT_TRUE(type.parameters.contains("filename"));
  EXPECT_FALSE(type.parameters.contains("name"));
}

TEST(MediaTypeTest, TakesTheFirstOfParametersThatRepeat) {
  EXPECT_EQ(ParseMediaType("a/b; x=1; x=2").Parameter("x"), "1");
}

TEST(MediaTypeTest, LeavesOutWhatItCannotRead) {
  const MediaType type = ParseMediaType("a/b;;=no name; flag ;x=1;\t; =; last");

  EXPECT_EQ(type.name, "a/b");
  EXPECT_EQ(type.parameters.size(), 1U);
  EXPECT_EQ(type.Parameter("x"), "1");
}

TEST(MediaTypeTest, SurvivesQuotesAndEscapesWithoutEnd) {
  EXPECT_EQ(ParseMediaType("a/b; x=\"open").Parameter("x"), "open");
  EXPECT_EQ(ParseMediaType("a/b; x=\"open\\").Parameter("x"), "open\\");
  EXPECT_EQ(ParseMediaType("a/b; x=\"").Parameter("x"), "");
  EXPECT_EQ(ParseMediaType("a/b; x=").Parameter("x"), "");
}

TEST(AcceptsTest, FindsATypeAmongOthers) {
  EXPECT_TRUE(
      Accepts("text/html, application/x-ndjson;q=0.5", "application/x-ndjson"));
  EXPECT_FALSE(Accepts("text/html", "application/x-ndjson"));
  EXPECT_FALSE(Accepts("", "application/x-ndjson"));
}

TEST(AcceptsTest, IgnoresCase) {
  EXPECT_TRUE(Accepts("Text/Event-Stream", "text/event-stream"));
}

TEST(AcceptsTest, RefusesATypeOfQualityZero) {
  EXPECT_FALSE(Accepts("gzip;q=0", "gzip"));
  EXPECT_FALSE(Accepts("gzip; q=0.000", "gzip"));
  EXPECT_TRUE(Accepts("gzip; q=0.001", "gzip"));
}

TEST(AcceptsTest, WildcardsLeaveTheChoiceToUs) {
  EXPECT_FALSE(Accepts("*/*", "text/event-stream"));
  EXPECT_FALSE(Accepts("text/*", "text/event-stream"));
}

TEST(AcceptsTest, TakesNoPartOfANameForTheName) {
  EXPECT_FALSE(Accepts("x-gzip", "gzip"));
  EXPECT_FALSE(Accepts("gzip2", "gzip"));
}

}  // namespace
}  // namespace wanwu::gateway
