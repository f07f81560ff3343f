#include "gateway/http/multipart_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/rpc_error.h"
#include "gateway/errors/gateway_error.h"
#include "tests/gateway/support/multipart_events.h"

namespace wanwu::gateway {
namespace {

using test::MultipartEvents;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kBoundary[] = "Xy-7";

std::string File(const std::string& name, const std::string& bytes) {
  return "--Xy-7\r\nContent-Disposition: form-data; name=\"file\"; "
         "filename=\"" +
         name + "\"\r\nContent-Type: image/jpeg\r\n\r\n" + bytes + "\r\n";
}

std::string Field(const std::string& name, const std::string& value) {
  return "--Xy-7\r\nContent-Disposition: form-data; name=\"" + name +
         "\"\r\n\r\n" + value + "\r\n";
}

const std::string kEnd = "--Xy-7--\r\n";

std::vector<std::string> Events(std::string_view body) {
  return MultipartEvents(kBoundary, {body});
}

std::vector<std::string_view> Bytes(std::string_view body) {
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < body.size(); ++i) {
    pieces.push_back(body.substr(i, 1));
  }
  return pieces;
}

std::string ErrorOf(std::string_view boundary, std::string_view body) {
  MultipartParser parser(boundary);
  bool fed = false;
  while (true) {
    const auto event = parser.Next();
    if (event == MultipartParser::Event::kError) break;
    if (event == MultipartParser::Event::kEnd) return "none";
    if (event != MultipartParser::Event::kNeedMore) continue;
    std::exchange(fed, true) ? parser.FeedEnd() : parser.Feed(body);
  }
  EXPECT_TRUE(absl::IsInvalidArgument(parser.error()));
  EXPECT_EQ(client::DescribeError(parser.error()).reason, kFormMalformed);
  return std::string(parser.error().message());
}

TEST(MultipartParserTest, GivesFilesAndFieldsInTheirOrder) {
  EXPECT_THAT(Events(File("a.jpg", "one") + Field("top_k", "3") +
                     File("b.jpg", "two") + kEnd),
              ElementsAre("part file a.jpg", "data one", "field top_k",
                          "data 3", "part file b.jpg", "data two", "end"));
}

TEST(MultipartParserTest, GivesTheSameEventsWhereverTheBodyIsSplit) {
  const std::string body = "preamble\r\n" +
                           File("a.jpg", "\r\n--Xy-\r\r\n--Xy\n") +
                           File("", "") + Field("model", "m") + kEnd + "tail";
  const std::vector<std::string> whole = Events(body);
  ASSERT_EQ(whole.back(), "end");

  EXPECT_EQ(MultipartEvents(kBoundary, Bytes(body)), whole);
  for (std::size_t i = 0; i <= body.size(); ++i) {
    const std::string_view view = body;
    ASSERT_EQ(MultipartEvents(kBoundary, {view.substr(0, i), view.substr(i)}),
              whole)
        << i;
  }
}

TEST(MultipartParserTest, GivesNoDataForAnEmptyPart) {
  EXPECT_THAT(Events(File("a", "") + kEnd), ElementsAre("part file a", "end"));
}

TEST(MultipartParserTest, KeepsDataThatResemblesTheBoundary) {
  const std::string data = "\r\n--Xy-8\r\n--Xy-\r\n-Xy-7--Xy-7\r\n\r\n--";

  EXPECT_THAT(Events(File("a", data) + kEnd),
              ElementsAre("part file a", "data " + data, "end"));
}

TEST(MultipartParserTest, KeepsAnyByteInData) {
  std::string data;
  for (int i = 0; i < 512; ++i) data += static_cast<char>(i);

  EXPECT_THAT(Events(File("a", data) + kEnd),
              ElementsAre("part file a", "data " + data, "end"));
}

TEST(MultipartParserTest, PassesDataOnBeforeThePartEnds) {
  MultipartParser parser(kBoundary);
  ASSERT_EQ(parser.Next(), MultipartParser::Event::kNeedMore);
  parser.Feed(File("a", std::string(1000, 'x')).substr(0, 600));
  ASSERT_EQ(parser.Next(), MultipartParser::Event::kPart);

  EXPECT_EQ(parser.Next(), MultipartParser::Event::kData);
  EXPECT_GT(parser.data().size(), 400U);
}

TEST(MultipartParserTest, PassesOverAPreamble) {
  EXPECT_THAT(Events("for old mailers\r\n" + File("a", "x") + kEnd),
              ElementsAre("part file a", "data x", "end"));
}

TEST(MultipartParserTest, PassesOverWhatFollowsTheEnd) {
  EXPECT_THAT(Events(File("a", "x") + kEnd + File("b", "y")),
              ElementsAre("part file a", "data x", "end"));
}

TEST(MultipartParserTest, TakesAFormWithoutParts) {
  EXPECT_THAT(Events(kEnd), ElementsAre("end"));
}

TEST(MultipartParserTest, AllowsBlanksBehindABoundary) {
  std::string body = File("a", "x") + kEnd;
  body.replace(0, 6, "--Xy-7 \t ");

  EXPECT_THAT(Events(body), ElementsAre("part file a", "data x", "end"));
}

TEST(MultipartParserTest, TellsAFileWithoutNameFromAField) {
  EXPECT_THAT(Events(File("", "x") + Field("f", "y") + kEnd),
              ElementsAre("part file ", "data x", "field f", "data y", "end"));
}

TEST(MultipartParserTest, TakesAFileByItsTypeOrByItsExtendedName) {
  const std::string typed =
      "--Xy-7\r\nContent-Type: image/png\r\n"
      "Content-Disposition: form-data; name=f\r\n\r\nx\r\n";
  const std::string text =
      "--Xy-7\r\nContent-Disposition: form-data; name=f\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n\r\ny\r\n";
  const std::string extended =
      "--Xy-7\r\nContent-Disposition: form-data; name=f; "
      "filename*=UTF-8''%E7%8C%AB.jpg\r\n\r\nz\r\n";
  EXPECT_THAT(Events(typed + text + extended + kEnd),
              ElementsAre("part f ", "data x", "field f", "data y",
                          "part f \xE7\x8C\xAB.jpg", "data z", "end"));
}

TEST(MultipartParserTest, ReadsHeadersInAnyCase) {
  EXPECT_THAT(Events("--Xy-7\r\nX-Other: 1\r\ncontent-DISPOSITION:form-data;"
                     "name=f\r\n\r\ny\r\n" +
                     kEnd),
              ElementsAre("field f", "data y", "end"));
}

TEST(MultipartParserTest, RefusesAPartWithoutDisposition) {
  EXPECT_THAT(ErrorOf(kBoundary, "--Xy-7\r\nX: y\r\n\r\nz\r\n" + kEnd),
              HasSubstr("a part without name"));
  EXPECT_THAT(ErrorOf(kBoundary, "--Xy-7\r\n\r\nz\r\n" + kEnd),
              HasSubstr("a part without name"));
}

TEST(MultipartParserTest, RefusesABodyThatEndsEarly) {
  const std::string body = File("a", "x") + kEnd;
  const std::size_t enough = body.size() - 2;
  for (std::size_t i = 0; i < enough; ++i) {
    ASSERT_EQ(Events(body.substr(0, i)).back(), "error") << i;
  }
}

TEST(MultipartParserTest, SaysThatTheFinalBoundaryIsMissing) {
  EXPECT_THAT(ErrorOf(kBoundary, File("a", "x")),
              HasSubstr("the body ends within"));
}

TEST(MultipartParserTest, RefusesHeadersAboveItsLimitHoweverTheyArrive) {
  const std::string body =
      "--Xy-7\r\nX: " + std::string(5000, 'x') + "\r\n\r\ny\r\n" + kEnd;

  EXPECT_THAT(ErrorOf(kBoundary, body), HasSubstr("exceed 4096 bytes"));
  EXPECT_THAT(MultipartEvents(kBoundary, Bytes(body)), ElementsAre("error"));
}

TEST(MultipartParserTest, TakesHeadersOfItsLimitHoweverTheyArrive) {
  const std::string disposition =
      "\r\nContent-Disposition: form-data; name=f\r\nX: ";
  const std::string body = "--Xy-7" + disposition +
                           std::string(4096 - disposition.size(), 'x') +
                           "\r\n\r\ny\r\n" + kEnd;

  EXPECT_THAT(Events(body), ElementsAre("field f", "data y", "end"));
  EXPECT_EQ(MultipartEvents(kBoundary, Bytes(body)), Events(body));
}

TEST(MultipartParserTest, RefusesALongPreambleHoweverItArrives) {
  const std::string body =
      std::string(5000, 'x') + "\r\n" + File("a", "x") + kEnd;

  EXPECT_THAT(Events(body), ElementsAre("error"));
  EXPECT_THAT(MultipartEvents(kBoundary, Bytes(body)), ElementsAre("error"));
}

TEST(MultipartParserTest, RefusesABoundaryLineWithoutEndHoweverItArrives) {
  const std::string body =
      "--Xy-7" + std::string(5000, ' ') + File("a", "x").substr(6) + kEnd;

  EXPECT_THAT(Events(body), ElementsAre("error"));
  EXPECT_THAT(MultipartEvents(kBoundary, Bytes(body)), ElementsAre("error"));
}

TEST(MultipartParserTest, RefusesTextBehindABoundary) {
  EXPECT_THAT(ErrorOf(kBoundary, "--Xy-7more\r\n" + kEnd),
              HasSubstr("text behind a boundary"));
}

TEST(MultipartParserTest, RefusesABodyWithoutAnyBoundary) {
  EXPECT_THAT(ErrorOf(kBoundary, "not a form"), Not("none"));
  EXPECT_THAT(ErrorOf(kBoundary, ""), Not("none"));
}

TEST(MultipartParserTest, RefusesBoundariesThatAreNone) {
  EXPECT_THAT(ErrorOf("", "--\r\n"), HasSubstr("1 to 70 characters"));
  EXPECT_THAT(ErrorOf(std::string(71, 'x'), ""),
              HasSubstr("1 to 70 characters"));
}

TEST(MultipartParserTest, TakesTheLongestBoundary) {
  const std::string boundary(70, 'b');

  EXPECT_THAT(MultipartEvents(boundary, {"--" + boundary + "--"}),
              ElementsAre("end"));
}

TEST(MultipartParserTest, StaysFailed) {
  MultipartParser parser("");

  EXPECT_EQ(parser.Next(), MultipartParser::Event::kError);
  EXPECT_EQ(parser.Next(), MultipartParser::Event::kError);
}

}  // namespace
}  // namespace wanwu::gateway
