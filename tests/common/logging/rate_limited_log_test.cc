#include "common/logging/rate_limited_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace wanwu::logging {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

class RateLimitedLogTest : public ::testing::Test {
 protected:
  void LogTimes(int times, std::string_view event = "decode_failed") {
    for (int i = 0; i < times; ++i) log_.Log(Level::kWarning, event);
  }

  std::string TakeOutput() {
    const std::string text = out_.str();
    out_.str("");
    return text;
  }

  int TakeLineCount() {
    const std::string text = TakeOutput();
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  }

  std::ostringstream out_;
  std::chrono::steady_clock::time_point now_{};
  Logger logger_{{}, out_};
  RateLimitedLog log_{logger_, 5, [this] { return now_; }};
};

TEST_F(RateLimitedLogTest, WritesOneSecondsLinesAtOnceAndNoMore) {
  LogTimes(100);

  EXPECT_EQ(TakeLineCount(), 5);
}

TEST_F(RateLimitedLogTest, KeepsTheLastWarningsThatWereWritten) {
  RateLimitedLog log(logger_, 1000, [this] { return now_; });
  log.Log(Level::kInfo, "no_warning");
  for (int i = 0; i < 100; ++i) {
    log.Log(Level::kError, "decode_failed", {{"number", i}});
  }

  const auto recent = log.Recent();

  ASSERT_EQ(recent.size(), RateLimitedLog::kRecentLines);
  EXPECT_EQ(recent.front().text, "decode_failed number=80");
  EXPECT_EQ(recent.back().text, "decode_failed number=99");
  EXPECT_EQ(recent.back().level, Level::kError);
}

TEST_F(RateLimitedLogTest, RefillsAtTheGivenRate) {
  LogTimes(100);
  TakeOutput();

  now_ += milliseconds(400);
  LogTimes(100);

  EXPECT_EQ(TakeLineCount(), 2);
}

TEST_F(RateLimitedLogTest, SavesNoMoreThanOneSecondsLines) {
  now_ += seconds(1000);
  LogTimes(100);

  EXPECT_EQ(TakeLineCount(), 5);
}

TEST_F(RateLimitedLogTest, TellsOnTheNextLineHowManyWereLeftOut) {
  LogTimes(12);
  TakeOutput();

  now_ += seconds(1);
  LogTimes(1);

  EXPECT_THAT(TakeOutput(), HasSubstr("decode_failed suppressed=7"));
}

TEST_F(RateLimitedLogTest, TellsEachSuppressedLineOnce) {
  LogTimes(12);
  now_ += seconds(1);
  LogTimes(1);
  TakeOutput();

  LogTimes(1);

  EXPECT_THAT(TakeOutput(), Not(HasSubstr("suppressed")));
}

TEST_F(RateLimitedLogTest, LimitsEachEventOnItsOwn) {
  LogTimes(100, "decode_failed");
  TakeOutput();

  LogTimes(1, "queue_full");

  EXPECT_THAT(TakeOutput(), HasSubstr("queue_full"));
}

TEST_F(RateLimitedLogTest, KeepsTheFieldsOfTheLine) {
  LogTimes(6);
  now_ += seconds(1);
  TakeOutput();

  log_.Log(Level::kWarning, "decode_failed", {{"reason", "IMAGE_TOO_LARGE"}});

  EXPECT_THAT(TakeOutput(), HasSubstr("reason=IMAGE_TOO_LARGE suppressed=1"));
}

TEST_F(RateLimitedLogTest, DoesNotCountLinesBelowTheLevel) {
  for (int i = 0; i < 100; ++i) log_.Log(Level::kDebug, "decode_failed");

  LogTimes(5);

  EXPECT_EQ(TakeLineCount(), 5);
}

TEST_F(RateLimitedLogTest, ReportsAtTheEndWhatWasNotToldYet) {
  LogTimes(8, "decode_failed");
  LogTimes(1, "queue_full");
  TakeOutput();

  log_.ReportSuppressed();

  const std::string output = TakeOutput();
  EXPECT_THAT(output, HasSubstr("log_lines_suppressed of_event=decode_failed "
                                "count=3\n"));
  EXPECT_THAT(output, Not(HasSubstr("queue_full")));
}

}  // namespace
}  // namespace wanwu::logging
