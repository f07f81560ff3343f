#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <sstream>

#include "client/loadgen/html_report.h"
#include "client/loadgen/json_report.h"
#include "client/loadgen/run_figures.h"
#include "client/loadgen/svg_plot.h"
#include "tests/client/loadgen/simulated_server.h"

namespace wanwu::loadgen {
namespace {

using boost::property_tree::ptree;
using nlohmann::json;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

RunResult Simulate(double rate) {
  SimulatedServer server([](Duration) -> Duration { return milliseconds(10); });
  LoadPlan plan;
  plan.load = {.loop = Loop::kOpen, .rate = rate};
  plan.deadline = milliseconds(100);
  plan.max_in_flight = 20;
  return LoadRun(server.world(), plan, [] { return CpuReading(); })
      .Run(nullptr);
}

LoadReport TwoRuns() {
  LoadReport report{.started = "2026-01-02T03:04:05Z",
                    .address = "unix:/tmp/<&\"socket",
                    .calls = "unary",
                    .pictures = 3,
                    .mean_picture_bytes = 1e5,
                    .cpus = 2};
  report.runs = {Simulate(50), Simulate(200)};
  return report;
}

// Throws if it is not well-formed.
ptree ParseXml(const std::string& text) {
  std::istringstream in(text);
  ptree tree;
  boost::property_tree::read_xml(in, tree);
  return tree;
}

int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (auto at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(JsonReportTest, HoldsEveryFigureOfARun) {
  const LoadReport report = TwoRuns();
  const json parsed = json::parse(ToJson(report));

  EXPECT_EQ(parsed["schema_version"], 1);
  EXPECT_EQ(parsed["address"], report.address);
  EXPECT_EQ(parsed["model"], "resnet18 version 1, int8");
  ASSERT_EQ(parsed["runs"].size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const Tally& tally = report.runs[i].tally;
    const json& run = parsed["runs"][i];
    EXPECT_EQ(run["sent"], tally.sent);
    EXPECT_EQ(run["answered"], tally.answered);
    EXPECT_EQ(run["shed"], tally.shed);
    EXPECT_NEAR(run["achieved_rate"], FiguresOf(report.runs[i]).achieved, 1e-4);
    EXPECT_NEAR(run["offered_rate"], *FiguresOf(report.runs[i]).offered, 1e-4);
    EXPECT_NEAR(run["latency_ms"]["p99"],
                Milliseconds(tally.latency.Quantile(0.99)), 1e-4);
    EXPECT_EQ(run["windows"].size(), report.runs[i].windows.size());
    EXPECT_EQ(run["batch_sizes"][0]["size"], 4);
    EXPECT_EQ(run["server_cpus"], nullptr);
  }
}

TEST(JsonReportTest, TheHistogramGivesThePercentilesBack) {
  const LoadReport report = TwoRuns();
  const json run = json::parse(ToJson(report))["runs"][1];
  std::uint64_t sum = 0;
  double p50 = 0;
  for (const json& bucket : run["latency_histogram_ms"]) {
    sum += bucket[1].get<std::uint64_t>();
    if (p50 == 0 && sum * 2 >= run["answered"]) p50 = bucket[0];
  }

  EXPECT_EQ(sum, run["answered"]);
  EXPECT_NEAR(p50, run["latency_ms"]["p50"], 0.01 * p50);
}

TEST(JsonReportTest, SaysWhatTheSearchFound) {
  LoadReport report = TwoRuns();
  report.slo = {.p99 = milliseconds(50), .rate = 81.5};
  EXPECT_EQ(json::parse(ToJson(report))["slo"],
            json({{"p99_ms", 50.0}, {"rate", 81.5}}));

  report.slo->rate = std::nullopt;
  EXPECT_EQ(json::parse(ToJson(report))["slo"]["rate"], nullptr);
}

TEST(HtmlReportTest, IsWellFormedWithAllItsPlots) {
  const std::string html = ToHtml(TwoRuns());

  EXPECT_NO_THROW(ParseXml(html));
  // Distribution, two sweeps, batch sizes, and a course over time per run.
  EXPECT_EQ(Count(html, "<svg "), 6);
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(html, HasSubstr("unix:/tmp/&lt;&amp;&quot;socket"));
  EXPECT_THAT(html, HasSubstr("requests were shed by the client"));
}

TEST(HtmlReportTest, NeedsNothingFromElsewhere) {
  const std::string html = ToHtml(TwoRuns());

  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<link")));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
  // The name of SVG's namespace is no address that is fetched.
  EXPECT_EQ(Count(html, "http"), Count(html, "http://www.w3.org/2000/svg"));
}

TEST(HtmlReportTest, IsWellFormedWhenNothingWasAnswered) {
  LoadReport report;
  EXPECT_NO_THROW(ParseXml(ToHtml(report)));

  report.runs.emplace_back();
  EXPECT_NO_THROW(ParseXml(ToHtml(report)));
}

TEST(SvgPlotTest, LeavesOutWhatALogScaleCannotShow) {
  const LinePlot plot{
      "p", {"x", Scale::kLog}, {"y"}, {{"s", {{0, 1}, {1, 2}, {10, 3}}}}};
  const std::string svg = Draw(plot);

  EXPECT_NO_THROW(ParseXml(svg));
  EXPECT_EQ(Count(svg, "<circle"), 2);
  EXPECT_EQ(Draw(LinePlot{"p", {"x", Scale::kLog}, {"y"}, {{"s", {{0, 1}}}}}),
            "");
}

TEST(SvgPlotTest, OnePointIsDrawnInsideThePlot) {
  const std::string svg =
      Draw(LinePlot{"p", {"x"}, {"y", Scale::kLog}, {{"s", {{5, 5}}}}});

  EXPECT_NO_THROW(ParseXml(svg));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

TEST(SvgPlotTest, TicksAreRound) {
  EXPECT_THAT(Ticks(0, 10, Scale::kLinear, 6), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_FALSE(std::signbit(Ticks(0, 10, Scale::kLinear, 6).front()));
  EXPECT_THAT(
      Ticks(0, 0.93, Scale::kLinear, 5),
      ElementsAre(0, testing::DoubleEq(0.2), testing::DoubleEq(0.4),
                  testing::DoubleNear(0.6, 1e-9), testing::DoubleEq(0.8)));
  EXPECT_THAT(Ticks(3, 40, Scale::kLog, 7), ElementsAre(5, 10, 20));
  EXPECT_THAT(Ticks(0.5, 20'000, Scale::kLog, 7),
              ElementsAre(1, 10, 100, 1000, 10'000));
}

}  // namespace
}  // namespace wanwu::loadgen
