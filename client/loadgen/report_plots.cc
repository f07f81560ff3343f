#include "client/loadgen/report_plots.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/loadgen/run_figures.h"

namespace wanwu::loadgen {
namespace {

bool IsOpen(const LoadReport& report) {
  return !report.runs.empty() &&
         report.runs.front().plan.load.loop == Loop::kOpen;
}

Axis LoadAxis(const LoadReport& report) {
  if (IsOpen(report)) return {"offered rate (1/s)"};
  return {"clients", Scale::kLog};
}

double LoadOf(const RunResult& run) {
  const auto offered = FiguresOf(run).offered;
  return offered ? *offered : run.plan.load.clients;
}

// By load: the search for a rate does not go through them in order.
std::vector<const RunResult*> ByLoad(const LoadReport& report) {
  std::vector<const RunResult*> runs;
  for (const RunResult& run : report.runs) runs.push_back(&run);
  std::stable_sort(runs.begin(), runs.end(),
                   [](const RunResult* a, const RunResult* b) {
                     return LoadOf(*a) < LoadOf(*b);
                   });
  return runs;
}

Series Distribution(const RunResult& run) {
  Series series{LoadName(run.plan.load), {}};
  const LatencyHistogram& latency = run.tally.latency;
  double below = 0;
  for (const auto& bucket : latency.Buckets()) {
    if (series.points.empty()) {
      series.points.push_back({Milliseconds(bucket.lower), 0});
    }
    below += static_cast<double>(bucket.count);
    series.points.push_back(
        {Milliseconds(bucket.upper),
         100 * below / static_cast<double>(latency.Count())});
  }
  return series;
}

}  // namespace

LinePlot LatencyDistribution(const LoadReport& report) {
  LinePlot plot{"Latency distribution",
                {"latency (ms)", Scale::kLog},
                {"answers (%)"},
                {}};
  for (const RunResult& run : report.runs) {
    plot.series.push_back(Distribution(run));
  }
  return plot;
}

LinePlot PercentilesOverTime(const RunResult& run) {
  Series p50{"p50", {}};
  Series p95{"p95", {}};
  Series p99{"p99", {}};
  for (const Window& window : run.windows) {
    if (window.answered == 0) continue;
    const double at = Seconds(window.from + window.length / 2);
    p50.points.push_back({at, Milliseconds(window.p50)});
    p95.points.push_back({at, Milliseconds(window.p95)});
    p99.points.push_back({at, Milliseconds(window.p99)});
  }
  return {"Latency over time, " + LoadName(run.plan.load),
          {"time (s)"},
          {"latency (ms)"},
          {p50, p95, p99}};
}

LinePlot ThroughputSweep(const LoadReport& report) {
  Series achieved{"answered", {}};
  Series goodput{"within the deadline", {}};
  Series offered{"offered", {}};
  for (const RunResult* run : ByLoad(report)) {
    const RunFigures figures = FiguresOf(*run);
    achieved.points.push_back({LoadOf(*run), figures.achieved});
    if (figures.goodput) {
      goodput.points.push_back({LoadOf(*run), *figures.goodput});
    }
    if (figures.offered) {
      offered.points.push_back({LoadOf(*run), *figures.offered});
    }
  }
  LinePlot plot{"Throughput", LoadAxis(report), {"answers per second"}, {}};
  for (const Series& series : {achieved, goodput, offered}) {
    if (!series.points.empty()) plot.series.push_back(series);
  }
  return plot;
}

LinePlot LatencySweep(const LoadReport& report) {
  LinePlot plot{
      "Latency by load", LoadAxis(report), {"latency (ms)", Scale::kLog}, {}};
  for (const int percent : {50, 95, 99}) {
    Series series{absl::StrCat("p", percent), {}};
    for (const RunResult* run : ByLoad(report)) {
      series.points.push_back(
          {LoadOf(*run),
           Milliseconds(run->tally.latency.Quantile(percent / 100.0))});
    }
    plot.series.push_back(series);
  }
  return plot;
}

BarPlot BatchSizes(const LoadReport& report) {
  std::set<int> sizes;
  for (const RunResult& run : report.runs) {
    for (const auto& [size, count] : run.tally.batch_sizes) sizes.insert(size);
  }
  BarPlot plot{"Batch sizes", "pictures in the batch", "pictures (%)", {}, {}};
  for (const int size : sizes) plot.labels.push_back(absl::StrCat(size));
  for (const RunResult& run : report.runs) {
    double all = 0;
    for (const auto& [size, count] : run.tally.batch_sizes) {
      all += static_cast<double>(count);
    }
    BarPlot::Group group{LoadName(run.plan.load), {}};
    for (const int size : sizes) {
      const auto found = run.tally.batch_sizes.find(size);
      const bool has = found != run.tally.batch_sizes.end();
      group.values.push_back(
          has ? 100 * static_cast<double>(found->second) / all : 0);
    }
    plot.groups.push_back(group);
  }
  return plot;
}

}  // namespace wanwu::loadgen
