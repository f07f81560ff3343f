#include "client/cli/bench_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::cli {
namespace {

using loadgen::LoadReport;
using loadgen::Loop;
using loadgen::RunResult;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

const Palette kPlain(Palette::Mode::kPlain);

RunResult TenAnswers() {
  RunResult run;
  run.plan.load.clients = 2;
  run.tally.to.at = run.tally.from.at + seconds(1);
  run.tally.sent = run.tally.answered = run.tally.arrived = 10;
  for (int i = 0; i < 10; ++i) run.tally.latency.Add(milliseconds(20));
  return run;
}

LoadReport ReportOf(const RunResult& run) {
  LoadReport report{.started = "",
                    .address = "unix:/s",
                    .calls = "unary",
                    .pictures = 1,
                    .mean_picture_bytes = 2000,
                    .cpus = 2};
  report.runs = {run};
  return report;
}

TEST(BenchTableTest, LeavesColumnsOutThatSayNothing) {
  const std::string table = BenchTable(ReportOf(TenAnswers()), kPlain);

  EXPECT_THAT(
      table,
      HasSubstr("load       ok/s  p50 ms   p90   p95   p99  p99.9   max  "
                "failed\n"
                "2 clients  10.0    20.0  20.0  20.0  20.0   20.0  20.0       "
                "0\n"));
  for (const char* absent : {"offered", "in time", "shed", "server MB"}) {
    EXPECT_THAT(table, Not(HasSubstr(absent)));
  }
}

TEST(BenchTableTest, ShowsWhatAnOpenLoopOffersAndSheds) {
  RunResult run = TenAnswers();
  run.plan.load = {.loop = Loop::kOpen, .rate = 12};
  run.plan.deadline = seconds(1);
  run.tally.shed = 2;
  const std::string table = BenchTable(ReportOf(run), kPlain);

  EXPECT_THAT(table, HasSubstr("12/s poisson       12.0  10.0        0.0"));
  EXPECT_THAT(table, HasSubstr("warning: 12/s poisson: 2 requests were shed"));
}

TEST(BenchTableTest, NamesErrorsAndSizesOfBatches) {
  RunResult run = TenAnswers();
  run.tally.failed = 3;
  run.tally.errors[{"UNAVAILABLE", ""}] = 3;
  run.tally.batch_sizes = {{1, 1}, {4, 3}};
  const std::string table = BenchTable(ReportOf(run), kPlain);

  EXPECT_THAT(table, HasSubstr("failed, 2 clients: 3 x UNAVAILABLE\n"));
  EXPECT_THAT(table, HasSubstr("batch sizes, 2 clients:  1: 25 %  4: 75 %\n"));
}

TEST(BenchTableTest, SaysWhatTheSearchFound) {
  LoadReport report = ReportOf(TenAnswers());
  report.slo = {.p99 = milliseconds(50), .rate = 81.53};
  EXPECT_THAT(BenchTable(report, kPlain),
              HasSubstr("p99 <= 50 ms holds up to 81.5/s\n"));

  report.slo->rate = std::nullopt;
  report.runs.clear();
  EXPECT_THAT(BenchTable(report, kPlain),
              HasSubstr("no rate holds p99 <= 50 ms\n"));
}

}  // namespace
}  // namespace wanwu::cli
