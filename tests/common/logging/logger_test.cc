#include "common/logging/logger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace wanwu::logging {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

// 2026-11-23T10:00:00.123Z
constexpr std::chrono::system_clock::time_point kNow{
    std::chrono::milliseconds(1795428000123)};

class LoggerTest : public ::testing::Test {
 protected:
  Logger Make(Format format, Level level = Level::kInfo) {
    return Logger(
        {.format = format, .level = level, .clock = [] { return kNow; }}, out_);
  }

  std::string TextOf(const Fields& fields) {
    out_.str("");
    Make(Format::kText).Info("event", fields);
    const std::string line = out_.str();
    const std::string start = "2026-11-23T10:00:00.123Z INFO event ";
    EXPECT_EQ(line.substr(0, start.size()), start);
    EXPECT_EQ(line.back(), '\n');
    return line.substr(start.size(), line.size() - start.size() - 1);
  }

  json JsonOf(const Fields& fields) {
    out_.str("");
    Make(Format::kJson).Info("event", fields);
    EXPECT_EQ(out_.str().find('\n'), out_.str().size() - 1);
    return json::parse(out_.str());
  }

  std::ostringstream out_;
};

TEST_F(LoggerTest, WritesTimeLevelEventAndFieldsAsText) {
  Logger log = Make(Format::kText);

  log.Info("server_started", {{"address", "127.0.0.1:8500"}, {"lanes", 2}});

  EXPECT_EQ(out_.str(),
            "2026-11-23T10:00:00.123Z INFO server_started "
            "address=127.0.0.1:8500 lanes=2\n");
}

TEST_F(LoggerTest, WritesOneJsonObjectPerLine) {
  Logger log = Make(Format::kJson);

  log.Warning("model_refused", {{"model", "m"}, {"accuracy", 0.5}});

  EXPECT_EQ(out_.str(),
            R"({"time":"2026-11-23T10:00:00.123Z","level":"warning",)"
            R"("event":"model_refused","model":"m","accuracy":0.5})"
            "\n");
}

TEST_F(LoggerTest, WritesJsonWithoutFields) {
  EXPECT_EQ(JsonOf({})["event"], "event");
}

TEST_F(LoggerTest, LeavesOutWhatIsBelowTheLevel) {
  Logger log = Make(Format::kText, Level::kWarning);

  log.Info("quiet");
  log.Warning("loud");

  EXPECT_THAT(out_.str(), HasSubstr("WARNING loud"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("quiet")));
}

TEST_F(LoggerTest, ChangesItsLevelWhileRunning) {
  Logger log = Make(Format::kText, Level::kError);

  log.SetLevel(Level::kDebug);
  log.Debug("now_visible");

  EXPECT_TRUE(log.Enabled(Level::kDebug));
  EXPECT_THAT(out_.str(), HasSubstr("DEBUG now_visible"));
}

TEST_F(LoggerTest, QuotesTextThatWouldBreakTheLine) {
  EXPECT_EQ(TextOf({{"k", "two words"}}), R"(k="two words")");
  EXPECT_EQ(TextOf({{"k", ""}}), R"(k="")");
  EXPECT_EQ(TextOf({{"k", "a=b"}}), R"(k="a=b")");
  EXPECT_EQ(TextOf({{"k", "say \"hi\""}}), R"(k="say \"hi\"")");
  EXPECT_EQ(TextOf({{"k", "line\nbreak"}}), R"(k="line\nbreak")");
}

TEST_F(LoggerTest, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(TextOf({{"k", "\x1b[2J"}}), R"(k="\u001b[2J")");
  EXPECT_EQ(TextOf({{"k", "\x7f"}}), R"(k="\u007f")");
  EXPECT_EQ(TextOf({{"k", "\xc2\x9b"}}), R"(k="\u009b")");
}

TEST_F(LoggerTest, LeavesOtherLanguagesReadable) {
  EXPECT_EQ(TextOf({{"label", "虎斑猫"}}), "label=虎斑猫");
}

TEST_F(LoggerTest, WritesFormatSpecifiersAsTheyAre) {
  EXPECT_EQ(TextOf({{"k", "{}%v{0}"}}), "k={}%v{0}");
}

TEST_F(LoggerTest, WritesEachTypeOfValue) {
  EXPECT_EQ(TextOf({{"yes", true}, {"n", uint64_t{7}}, {"x", 0.25f}}),
            "yes=true n=7 x=0.25");
  EXPECT_EQ(JsonOf({{"yes", true}})["yes"], true);
  EXPECT_EQ(JsonOf({{"n", -7}})["n"], -7);
}

TEST_F(LoggerTest, GivesBackInJsonWhatWasLogged) {
  const std::string nasty = "\"\\\n\t\x01 万物 {} %";

  EXPECT_EQ(JsonOf({{"k", nasty}})["k"], nasty);
}

TEST_F(LoggerTest, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(JsonOf({{"k", "a\xff"}})["k"], "a\xef\xbf\xbd");
  EXPECT_EQ(TextOf({{"k", "a\xff"}}), "k=a\xef\xbf\xbd");
}

TEST_F(LoggerTest, WritesNumbersThatJsonLacksAsNull) {
  EXPECT_TRUE(
      JsonOf({{"x", std::numeric_limits<double>::quiet_NaN()}})["x"].is_null());
}

TEST_F(LoggerTest, CutsLongTextBetweenCharacters) {
  const std::string odd = "x";
  std::string text = odd;
  while (text.size() < 10 * kMaxTextBytes) text += "万";

  const std::string logged = JsonOf({{"k", text}})["k"];

  EXPECT_LE(logged.size(), kMaxTextBytes + 3);
  EXPECT_EQ(logged.substr(logged.size() - 6), "万…");
}

TEST_F(LoggerTest, KeepsLinesOfSeveralThreadsWhole) {
  constexpr int kThreads = 4;
  constexpr int kLines = 200;
  Logger log = Make(Format::kJson);

  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&log] {
      for (int line = 0; line < kLines; ++line) log.Info("e", {{"n", line}});
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::istringstream lines(out_.str());
  std::string line;
  int count = 0;
  while (std::getline(lines, line)) count += json::accept(line) ? 1 : 0;
  EXPECT_EQ(count, kThreads * kLines);
}

}  // namespace
}  // namespace wanwu::logging
