#pragma once

#include "client/loadgen/load_report.h"
#include "client/loadgen/svg_plot.h"

namespace wanwu::loadgen {

// Share of the answers by latency, a curve per run.
LinePlot LatencyDistribution(const LoadReport& report);

// p50, p95 and p99 in the windows of one run.
LinePlot PercentilesOverTime(const RunResult& run);

// Over the runs, by clients or offered rate; the runs must be of one loop.
LinePlot ThroughputSweep(const LoadReport& report);
LinePlot LatencySweep(const LoadReport& report);

// Share of each run's pictures by the size of their batch.
BarPlot BatchSizes(const LoadReport& report);

}  // namespace wanwu::loadgen
