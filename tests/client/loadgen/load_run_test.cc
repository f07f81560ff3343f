#include "client/loadgen/load_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/rpc_error.h"
#include "client/loadgen/run_figures.h"
#include "tests/client/loadgen/simulated_server.h"

namespace wanwu::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

SimulatedServer::ServiceTime Always(Duration time) {
  return [time](Duration /*since_start*/) { return time; };
}

LoadPlan ClosedPlan(int clients) {
  LoadPlan plan;
  plan.load = {.loop = Loop::kClosed, .clients = clients};
  return plan;
}

LoadPlan OpenPlan(double rate, Arrivals arrivals = Arrivals::kConstant) {
  LoadPlan plan;
  plan.load = {.loop = Loop::kOpen, .rate = rate, .arrivals = arrivals};
  return plan;
}

RunResult RunOn(SimulatedServer& server, const LoadPlan& plan) {
  return LoadRun(server.world(), plan, [] { return CpuReading(); })
      .Run(nullptr);
}

double Ms(const RunResult& run, double quantile) {
  return Milliseconds(run.tally.latency.Quantile(quantile));
}

TEST(LoadRunTest, ClosedLoopKeepsEveryClientWaitingForOneAnswer) {
  SimulatedServer server(Always(milliseconds(10)));
  const RunResult run = RunOn(server, ClosedPlan(8));

  EXPECT_NEAR(FiguresOf(run).achieved, 100, 0.5);
  // Eight in a queue of one lane.
  EXPECT_NEAR(Ms(run, 0.5), 80, 0.8);
  EXPECT_EQ(FiguresOf(run).offered, std::nullopt);
  EXPECT_EQ(run.tally.failed, 0U);
  EXPECT_EQ(run.end, EndReason::kDurationOver);
}

TEST(LoadRunTest, OpenLoopOffersItsRateWhateverTheAnswersDo) {
  SimulatedServer server(Always(milliseconds(5)));
  const RunResult run = RunOn(server, OpenPlan(100));

  EXPECT_NEAR(*FiguresOf(run).offered, 100, 0.2);
  EXPECT_NEAR(FiguresOf(run).achieved, 100, 0.2);
  EXPECT_NEAR(Ms(run, 0.5), 5, 0.05);
  EXPECT_THAT(WarningsAbout(run, 2), IsEmpty());
}

// Coordinated omission: while the server stalls for a second, a closed loop
// sends nothing and sees one slow answer; an open loop goes on, and its
// percentiles show what callers would have met.
TEST(LoadRunTest, AStallShowsInThePercentilesOfAnOpenLoop) {
  const auto stalls = [](Duration since_start) -> Duration {
    const bool in_stall = since_start >= seconds(5) && since_start < seconds(6);
    return in_stall ? seconds(6) - since_start : milliseconds(5);
  };
  SimulatedServer closed_server(stalls);
  const RunResult closed = RunOn(closed_server, ClosedPlan(1));
  SimulatedServer open_server(stalls);
  const RunResult open = RunOn(open_server, OpenPlan(50));

  EXPECT_LT(Ms(closed, 0.99), 6);
  EXPECT_GT(Ms(open, 0.99), 850);
  EXPECT_GT(Ms(open, 0.95), 450);
  EXPECT_NEAR(Ms(open, 1), 1000, 20);
}

TEST(LoadRunTest, AnOverloadedServerGetsTheLatencyOfItsQueue) {
  SimulatedServer server(Always(milliseconds(20)));
  LoadPlan plan = OpenPlan(100);
  plan.max_in_flight = 100'000;
  const RunResult run = RunOn(server, plan);

  EXPECT_NEAR(*FiguresOf(run).offered, 100, 0.2);
  EXPECT_NEAR(FiguresOf(run).achieved, 50, 0.5);
  // What is due at the end of 12 s waits for 1200 x 20 ms - 12 s.
  EXPECT_NEAR(Ms(run, 1), 12'000, 100);
  EXPECT_EQ(run.tally.answered, run.tally.sent);
}

TEST(LoadRunTest, WhatIsDueBeyondTheBoundIsShedAndSaid) {
  SimulatedServer server(Always(milliseconds(20)));
  LoadPlan plan = OpenPlan(100);
  plan.max_in_flight = 10;
  const RunResult run = RunOn(server, plan);

  EXPECT_NEAR(static_cast<double>(run.tally.shed), 500, 15);
  EXPECT_NEAR(static_cast<double>(run.tally.Due()), 1000, 1);
  EXPECT_LE(Ms(run, 1), 210);
  EXPECT_THAT(WarningsAbout(run, 2),
              ElementsAre(HasSubstr("were shed by the client")));
}

TEST(LoadRunTest, LateAnswersAreNoGoodput) {
  SimulatedServer server([](Duration since_start) -> Duration {
    return since_start < seconds(7) ? milliseconds(5) : milliseconds(8);
  });
  LoadPlan plan = OpenPlan(100);
  plan.deadline = milliseconds(6);
  const RunResult run = RunOn(server, plan);

  EXPECT_NEAR(FiguresOf(run).achieved, 100, 0.5);
  EXPECT_NEAR(*FiguresOf(run).goodput, 50, 0.5);
}

TEST(LoadRunTest, CountsErrorsByCodeAndReasonAndPausesTheirClients) {
  SimulatedServer server(Always(Duration()));
  server.FailWith(client::MakeError(absl::StatusCode::kResourceExhausted,
                                    "QUEUE_FULL", "full"));
  const RunResult run = RunOn(server, ClosedPlan(2));

  EXPECT_EQ(run.tally.answered, 0U);
  // Not as fast as the server refuses, but once in each pause.
  EXPECT_NEAR(static_cast<double>(run.tally.failed), 2000, 4);
  EXPECT_THAT(run.tally.errors,
              ElementsAre(Pair(ErrorKind("RESOURCE_EXHAUSTED", "QUEUE_FULL"),
                               run.tally.failed)));
  EXPECT_FALSE(HoldsSlo(run, seconds(10)));
}

TEST(LoadRunTest, TheWarmUpIsNotReported) {
  SimulatedServer server([](Duration since_start) -> Duration {
    return since_start < seconds(1) ? milliseconds(500) : milliseconds(1);
  });
  const RunResult run = RunOn(server, ClosedPlan(1));

  EXPECT_LT(Ms(run, 1), 2);
  EXPECT_EQ(server.elapsed(), seconds(12) + milliseconds(1));
}

TEST(LoadRunTest, EndsWhenThreeWindowsAgreeAndReportsThese) {
  // Slow until 5 s after the warm-up.
  SimulatedServer server([](Duration since_start) -> Duration {
    return since_start < seconds(7) ? milliseconds(100) : milliseconds(10);
  });
  LoadPlan plan = ClosedPlan(4);
  plan.until = Until::kStable;
  // The first three windows would agree.
  plan.window = seconds(3);
  const RunResult run = RunOn(server, plan);

  EXPECT_EQ(run.end, EndReason::kStable);
  // 0-3 slow, 3-6 both, 6-9, 9-12 and 12-15 fast.
  EXPECT_EQ(run.windows.size(), 5U);
  EXPECT_NEAR(run.tally.Length(), 9, 0.01);
  EXPECT_NEAR(FiguresOf(run).achieved, 100, 1);
  EXPECT_LT(Ms(run, 1), 50);
}

TEST(LoadRunTest, EndsUnstableAfterTheLongestDurationAndSaysSo) {
  // Every second window is slow.
  SimulatedServer server([](Duration since_start) -> Duration {
    return since_start.count() / 1'000'000'000 % 2 == 0 ? milliseconds(10)
                                                        : milliseconds(30);
  });
  LoadPlan plan = ClosedPlan(1);
  plan.until = Until::kStable;
  plan.window = seconds(1);
  plan.max_duration = seconds(20);
  const RunResult run = RunOn(server, plan);

  EXPECT_EQ(run.end, EndReason::kNotStable);
  EXPECT_EQ(run.windows.size(), 20U);
  EXPECT_NEAR(run.tally.Length(), 3, 0.1);
  EXPECT_THAT(WarningsAbout(run, 2),
              ElementsAre(HasSubstr("did not become stable")));
}

TEST(LoadRunTest, StopEndsItEarlyWithAReport) {
  SimulatedServer server(Always(milliseconds(10)));
  LoadRun run(server.world(), ClosedPlan(1), [] { return CpuReading(); });
  server.At(seconds(4), [&run] { run.Stop(); });
  const RunResult result = run.Run(nullptr);

  EXPECT_EQ(result.end, EndReason::kInterrupted);
  EXPECT_NEAR(result.tally.Length(), 2, 0.02);
  EXPECT_NEAR(FiguresOf(result).achieved, 100, 1);
}

TEST(LoadRunTest, GivesUpOnAnswersThatDoNotCome) {
  SimulatedServer server(Always(std::chrono::hours(10)));
  LoadPlan plan = ClosedPlan(3);
  plan.warm_up = milliseconds(1);
  plan.load = {.loop = Loop::kOpen, .rate = 1, .arrivals = Arrivals::kConstant};
  const RunResult run = RunOn(server, plan);

  EXPECT_THAT(run.tally.errors,
              ElementsAre(Pair(ErrorKind("CANCELLED", "UNANSWERED"), 10)));
  EXPECT_LE(server.elapsed(), seconds(10 + 30 + 2));
}

TEST(LoadRunTest, WithoutAWarmUpTheFirstRequestCounts) {
  SimulatedServer server(Always(milliseconds(10)));
  LoadPlan plan = ClosedPlan(1);
  plan.warm_up = milliseconds(0);
  const RunResult run = RunOn(server, plan);

  EXPECT_LE(server.elapsed(), plan.duration + seconds(1));
  EXPECT_NEAR(FiguresOf(run).achieved, 100, 1);
}

TEST(LoadRunTest, ReportsProgressOfEachPhase) {
  SimulatedServer server(Always(milliseconds(10)));
  std::vector<Phase> phases;
  LoadRun run(server.world(), ClosedPlan(2), [] { return CpuReading(); });
  run.Run([&phases](const LoadProgress& progress) {
    if (phases.empty() || phases.back() != progress.phase) {
      phases.push_back(progress.phase);
    }
    EXPECT_LE(progress.in_flight, 2);
  });

  EXPECT_THAT(phases,
              ElementsAre(Phase::kWarmUp, Phase::kMeasuring, Phase::kDraining));
}

TEST(LoadRunTest, CpuTimeIsThatOfTheMeasurement) {
  SimulatedServer server(Always(milliseconds(10)));
  // Ours is busy half the time, the server's 1.5 CPUs.
  const auto read = [&server] {
    const double elapsed = Seconds(server.elapsed());
    return CpuReading{0.5 * elapsed, 1.5 * elapsed, 200'000'000};
  };
  const RunResult run =
      LoadRun(server.world(), ClosedPlan(1), read).Run(nullptr);
  const RunFigures figures = FiguresOf(run);

  EXPECT_NEAR(figures.own_cpus, 0.5, 0.001);
  EXPECT_NEAR(*figures.server_cpus, 1.5, 0.001);
  EXPECT_NEAR(*figures.server_cpu_ms, 15, 0.1);
  EXPECT_NEAR(*figures.server_megabytes, 200, 0.1);
  EXPECT_THAT(WarningsAbout(run, 2), IsEmpty());
}

TEST(LoadRunTest, WarnsWhenItsOwnCpuTimeIsTheLimit) {
  SimulatedServer server(Always(milliseconds(10)));
  const auto read = [&server] {
    return CpuReading{1.6 * Seconds(server.elapsed()), {}, {}};
  };
  const RunResult run =
      LoadRun(server.world(), ClosedPlan(1), read).Run(nullptr);

  EXPECT_THAT(WarningsAbout(run, 2),
              ElementsAre(HasSubstr("the load generator used 80 %")));
}

}  // namespace
}  // namespace wanwu::loadgen
