#include "client/cli/bench_progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace wanwu::cli {
namespace {

using loadgen::Load;
using loadgen::LoadProgress;
using loadgen::Loop;
using loadgen::Phase;
using std::chrono::milliseconds;
using std::chrono::seconds;

const Load kEightClients = {.loop = Loop::kClosed, .clients = 8};

LoadProgress Measuring() {
  LoadProgress progress;
  progress.phase = Phase::kMeasuring;
  progress.elapsed = milliseconds(3200);
  progress.planned = seconds(10);
  progress.in_flight = 8;
  progress.window.length = milliseconds(500);
  progress.window.answered = 106;
  progress.window.p50 = milliseconds(37);
  progress.window.p99 = milliseconds(52);
  return progress;
}

TEST(BenchProgressTest, ShowsPhaseTimeRateAndLatencies) {
  EXPECT_EQ(RenderBenchProgress(kEightClients, Measuring(), 100),
            "8 clients  measuring 3.2/10 s  212/s  p50 37.0 ms  p99 52.0 ms  "
            "8 in flight");
}

TEST(BenchProgressTest, PromisesNothingBeforeTheFirstAnswer) {
  LoadProgress progress;
  progress.planned = seconds(2);

  EXPECT_EQ(RenderBenchProgress(kEightClients, progress, 100),
            "8 clients  warming up 0.0/2 s  0 in flight");
}

TEST(BenchProgressTest, NamesFailuresAndNeverExceedsTheWidth) {
  LoadProgress progress = Measuring();
  progress.window.failed = 3;

  EXPECT_NE(RenderBenchProgress(kEightClients, progress, 100).find("3 failed"),
            std::string::npos);
  for (int columns = 0; columns < 100; ++columns) {
    EXPECT_LE(RenderBenchProgress(kEightClients, progress, columns).size(),
              static_cast<std::size_t>(columns));
  }
}

TEST(BenchProgressTest, TakesItsLineAwayAtTheEnd) {
  std::ostringstream terminal;
  {
    BenchProgressLine line(terminal);
    line.Update("text");
  }
  EXPECT_EQ(terminal.str(), "\r\x1b[Ktext\r\x1b[K");
}

}  // namespace
}  // namespace wanwu::cli
