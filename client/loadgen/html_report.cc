#include "client/loadgen/html_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/loadgen/report_plots.h"
#include "client/loadgen/run_figures.h"
#include "client/loadgen/svg_plot.h"

namespace wanwu::loadgen {
namespace {

constexpr char kStyle[] = R"(
:root { color-scheme: light dark; --text: #1c2126; --quiet: #5c6670;
  --ground: #ffffff; --panel: #f5f6f8; --line: #d8dde2; --warn: #8a4b00;
  --series-0: #1f6fb4; --series-1: #d1660c; --series-2: #2c8a4b;
  --series-3: #b0332f; --series-4: #7a54b0; --series-5: #86604f;
  --series-6: #c04f9e; --series-7: #5f6a73; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ec; --quiet: #9aa5af; --ground: #14171a;
    --panel: #1d2126; --line: #3a424a; --warn: #ffb661;
    --series-0: #6cb2f0; --series-1: #ff9f4d; --series-2: #62cf88;
    --series-3: #ff7c77; --series-4: #b99bec; --series-5: #c9a190;
    --series-6: #f08fd0; --series-7: #a7b2bb; } }
body { margin: 0 auto; padding: 24px; max-width: 1360px; color: var(--text);
  background: var(--ground); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 18px; margin: 32px 0 8px; }
p { margin: 4px 0; color: var(--quiet); }
.warning { color: var(--warn); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 12px; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 600; }
th:first-child, td:first-child { text-align: left; }
.plots { display: grid; gap: 16px;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); }
figure { margin: 0; padding: 12px; background: var(--panel);
  border-radius: 8px; }
figcaption { font-weight: 600; }
svg { width: 100%; height: auto; } svg text { fill: var(--quiet);
  font: 12px system-ui, sans-serif; }
.grid { stroke: var(--line); } .curve { fill: none; stroke-width: 2; }
)";

using Cells = std::vector<std::string>;

std::string TableRow(const Cells& cells, const char* tag) {
  std::string row = "<tr>";
  for (const std::string& cell : cells) {
    absl::StrAppend(&row, "<", tag, ">", EscapeXml(cell), "</", tag, ">");
  }
  return row + "</tr>\n";
}

std::string Table(const Cells& header, const std::vector<Cells>& rows) {
  std::string table = "<div class=\"scroll\"><table><thead>\n" +
                      TableRow(header, "th") + "</thead><tbody>\n";
  for (const Cells& row : rows) table += TableRow(row, "td");
  return table + "</tbody></table></div>\n";
}

std::string Number(double value) { return absl::StrFormat("%.1f", value); }

std::string OrDash(const std::optional<double>& value) {
  return value ? Number(*value) : "–";
}

std::string Ms(const LatencyHistogram& histogram, double quantile) {
  return absl::StrFormat("%.2f", Milliseconds(histogram.Quantile(quantile)));
}

std::string Summary(const LoadReport& report) {
  std::vector<Cells> rows;
  for (const RunResult& run : report.runs) {
    const Tally& tally = run.tally;
    const RunFigures figures = FiguresOf(run);
    rows.push_back({LoadName(run.plan.load), OrDash(figures.offered),
                    Number(figures.achieved), OrDash(figures.goodput),
                    Ms(tally.latency, 0.5), Ms(tally.latency, 0.9),
                    Ms(tally.latency, 0.95), Ms(tally.latency, 0.99),
                    Ms(tally.latency, 0.999), Ms(tally.latency, 1),
                    absl::StrCat(tally.failed), absl::StrCat(tally.shed),
                    Number(figures.mean_batch),
                    absl::StrFormat("%.2f", figures.own_cpus),
                    OrDash(figures.server_cpus), OrDash(figures.server_cpu_ms),
                    OrDash(figures.server_megabytes)});
  }
  return "<h2>Runs</h2>\n<p>Latencies in milliseconds, from the scheduled "
         "time of sending to the answer; rates per second.</p>\n" +
         Table({"load", "offered", "answered", "goodput", "p50", "p90", "p95",
                "p99", "p99.9", "max", "failed", "shed", "batch", "own CPUs",
                "server CPUs", "CPU ms/answer", "server MB"},
               rows);
}

std::string Stages(const LoadReport& report) {
  std::vector<Cells> rows;
  for (const RunResult& run : report.runs) {
    const StageTimes& stages = run.tally.stages;
    if (stages.total.Count() == 0) continue;
    Cells row = {LoadName(run.plan.load)};
    for (const LatencyHistogram* stage :
         {&stages.decode, &stages.queue, &stages.inference, &stages.total}) {
      row.push_back(Ms(*stage, 0.5));
      row.push_back(Ms(*stage, 0.99));
    }
    rows.push_back(row);
  }
  if (rows.empty()) return "";
  return "<h2>Where the server says the time went</h2>\n<p>Milliseconds.</p>" +
         Table({"load", "decode p50", "p99", "queue p50", "p99",
                "inference p50", "p99", "total p50", "p99"},
               rows);
}

std::string Errors(const LoadReport& report) {
  std::vector<Cells> rows;
  for (const RunResult& run : report.runs) {
    for (const auto& [kind, count] : run.tally.errors) {
      rows.push_back({LoadName(run.plan.load), kind.first, kind.second,
                      absl::StrCat(count)});
    }
  }
  if (rows.empty()) return "";
  return "<h2>Errors</h2>\n" + Table({"load", "code", "reason", "count"}, rows);
}

template <typename Plot>
std::string Figure(const Plot& plot) {
  const std::string svg = Draw(plot);
  if (svg.empty()) return "";
  return "<figure><figcaption>" + EscapeXml(plot.title) + "</figcaption>\n" +
         svg + "</figure>\n";
}

std::string Plots(const LoadReport& report) {
  std::string plots = Figure(LatencyDistribution(report));
  if (report.runs.size() > 1) {
    plots += Figure(ThroughputSweep(report)) + Figure(LatencySweep(report));
  }
  plots += Figure(BatchSizes(report));
  for (const RunResult& run : report.runs) {
    plots += Figure(PercentilesOverTime(run));
  }
  return "<h2>Plots</h2>\n<div class=\"plots\">\n" + plots + "</div>\n";
}

std::string Heading(const LoadReport& report) {
  std::string html = "<h1>wanwu bench</h1>\n";
  absl::StrAppendFormat(
      &html,
      "<p>%s, %s, %s calls over %d connection(s), %d picture(s) of %.0f KB on "
      "average</p>\n<p>%s; %s, %d CPU(s)</p>\n",
      EscapeXml(report.address), EscapeXml(ModelOf(report)),
      EscapeXml(report.calls), report.connections, report.pictures,
      report.mean_picture_bytes / 1e3, EscapeXml(report.started),
      EscapeXml(report.cpu_model), report.cpus);
  if (report.interrupted) {
    html += "<p class=\"warning\">Interrupted: the last run is short.</p>\n";
  }
  if (report.slo && report.slo->rate) {
    absl::StrAppendFormat(&html,
                          "<p>Highest rate that holds p99 ≤ %.4g ms: "
                          "%.1f/s</p>\n",
                          Milliseconds(report.slo->p99), *report.slo->rate);
  } else if (report.slo) {
    absl::StrAppendFormat(&html, "<p>No rate holds p99 ≤ %.4g ms.</p>\n",
                          Milliseconds(report.slo->p99));
  }
  for (const std::string& warning : WarningsOf(report)) {
    html += "<p class=\"warning\">" + EscapeXml(warning) + "</p>\n";
  }
  return html;
}

}  // namespace

std::string ToHtml(const LoadReport& report) {
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
      "<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"/>\n"
      "<title>wanwu bench</title>\n<style>",
      kStyle, "</style>\n</head>\n<body>\n", Heading(report), Summary(report),
      Plots(report), Stages(report), Errors(report), "</body>\n</html>\n");
}

}  // namespace wanwu::loadgen
