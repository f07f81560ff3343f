#include "client/tuning/tune_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace wanwu::tuning {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TuneReport Found(double default_rate, double best_rate) {
  TuneReport report{.started = "2026-01-02T03:04:05+00:00",
                    .cpus = 2,
                    .cpu_model = "a CPU",
                    .pictures = 3,
                    .budget = std::chrono::minutes(3)};
  Trial by_default;
  by_default.runs = {{.rate = default_rate}};
  Trial best;
  best.settings.lanes = 1;
  best.runs = {{.rate = best_rate}};
  Trial impossible;
  impossible.settings.precision = "bf16";
  impossible.failure = "no bf16 here";
  report.state.trials = {by_default, best, impossible};
  report.state.best = 1;
  report.verdict =
      Judge(report.goal, report.state.trials[0], report.state.trials[1]);
  return report;
}

TEST(TuneReportTest, ConclusionStatesBothFigures) {
  EXPECT_THAT(Conclusion(Found(100, 120)),
              StartsWith("120.0/s against 100.0/s of the default, +20 %"));
}

TEST(TuneReportTest, ConclusionSaysThatTheDefaultStays) {
  TuneReport report = Found(100, 101);
  report.verdict->choice = Verdict::Choice::kDefault;

  EXPECT_THAT(Conclusion(report), StartsWith("the default stays"));
  EXPECT_EQ(report.Chosen()->settings, Settings());
}

TEST(TuneReportTest, NothingIsChosenWhereNothingMeetsTheGoal) {
  TuneReport report = Found(100, 120);
  report.verdict->choice = Verdict::Choice::kNone;

  EXPECT_EQ(report.Chosen(), nullptr);
  EXPECT_THAT(Conclusion(report),
              StartsWith("no configuration meets the goal"));
}

TEST(TuneReportTest, CommentsNameGoalMachineAndFigures) {
  const std::vector<std::string> comments = Comments(Found(100, 120));

  EXPECT_THAT(comments[1], HasSubstr("most answers per second"));
  EXPECT_THAT(comments[2], HasSubstr("a CPU, CPUs: 2"));
  EXPECT_THAT(comments[3], HasSubstr("120.0/s against 100.0/s"));
}

TEST(TuneReportTest, JsonHoldsEveryConfigurationAndTheVerdict) {
  const auto json = nlohmann::json::parse(ToJson(Found(100, 120)));

  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["goal"]["aim"], "throughput");
  EXPECT_EQ(json["budget_s"], 180);
  ASSERT_EQ(json["configurations"].size(), 3u);
  EXPECT_EQ(json["configurations"][1]["settings"]["lanes"], 1);
  EXPECT_EQ(json["configurations"][1]["runs"][0]["achieved_rate"], 120);
  EXPECT_EQ(json["configurations"][2]["failure"], "no bf16 here");
  EXPECT_EQ(json["verdict"]["choice"], "best");
  EXPECT_EQ(json["verdict"]["settings"]["lanes"], 1);
  EXPECT_EQ(json["written"], nullptr);
}

TEST(TuneReportTest, JsonOfAnInterruptedSearchHasNoVerdict) {
  TuneReport report = Found(100, 120);
  report.verdict.reset();
  report.interrupted = true;

  const auto json = nlohmann::json::parse(ToJson(report));

  EXPECT_EQ(json["interrupted"], true);
  EXPECT_EQ(json["verdict"], nullptr);
}

}  // namespace
}  // namespace wanwu::tuning
