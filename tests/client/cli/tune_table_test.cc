#include "client/cli/tune_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"

namespace wanwu::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using tuning::Trial;
using tuning::Verdict;

const Palette kPlain(Palette::Mode::kPlain);

// The default, a better one, and one that cannot be had.
tuning::TuneReport Report() {
  Trial by_default;
  by_default.runs = {{.rate = 100, .p99_ms = 40, .precision = "int8"}};
  Trial best;
  best.settings.lanes = 1;
  best.runs = {{.rate = 120, .p99_ms = 30, .precision = "int8"}};
  Trial impossible;
  impossible.settings.precision = "bf16";
  impossible.failure = "no bf16 here";
  tuning::TuneReport report{.started = "", .cpus = 2, .cpu_model = "a CPU"};
  report.state.trials = {by_default, best, impossible};
  report.state.best = 1;
  return report;
}

std::vector<std::string> Lines(const tuning::TuneReport& report) {
  return absl::StrSplit(TrialTable(report.goal, report.state, kPlain), '\n',
                        absl::SkipEmpty());
}

TEST(TuneTableTest, MarksTheDefaultAndTheBest) {
  const auto lines = Lines(Report());

  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[1], StartsWith("  default  per CPU"));
  EXPECT_THAT(lines[2], StartsWith("*                1"));
  EXPECT_THAT(lines[3], Not(StartsWith("*")));
}

TEST(TuneTableTest, SaysWhichPrecisionAutoMeans) {
  EXPECT_THAT(Lines(Report())[1], HasSubstr("auto (int8)"));
}

TEST(TuneTableTest, SaysWhyAConfigurationCouldNotBeHad) {
  EXPECT_THAT(Lines(Report())[3], HasSubstr("no bf16 here"));
}

TEST(TuneTableTest, SaysWhichMissTheGoal) {
  tuning::TuneReport report = Report();
  report.goal = {.aim = tuning::Aim::kLatency,
                 .rate = 100,
                 .p99 = std::chrono::milliseconds(35)};
  report.state.trials[0].runs[0].in_time = false;

  EXPECT_THAT(Lines(report)[1], HasSubstr("misses the goal"));
  EXPECT_THAT(Lines(report)[2], Not(HasSubstr("misses the goal")));
}

TEST(TuneTableTest, EndsWithTheChoiceAndTheFile) {
  tuning::TuneReport report = Report();
  report.verdict = {.choice = Verdict::Choice::kBest, .gain = 0.2};
  report.written = "tuned.yaml";

  const std::string text = TuneTable(report, kPlain);

  EXPECT_THAT(text, HasSubstr("\n1 lane x 1 thread, auto, batch 8, delay 0\n"
                              "120.0/s against 100.0/s of the default"));
  EXPECT_THAT(text, HasSubstr("\nwritten to tuned.yaml\n"));
}

TEST(TuneTableTest, WarnsOfDrift) {
  tuning::TuneReport report = Report();
  report.verdict = {.drift = -0.2};
  EXPECT_THAT(TuneTable(report, kPlain),
              HasSubstr("warning: the default's last run differs by -20 %"));

  report.verdict = {.drift = 0.05};
  EXPECT_THAT(TuneTable(report, kPlain), Not(HasSubstr("warning")));
}

TEST(TuneTableTest, WithoutAVerdictThereIsTheTableOnly) {
  EXPECT_THAT(TuneTable(Report(), kPlain), Not(HasSubstr("against")));
}

}  // namespace
}  // namespace wanwu::cli
