#include "client/cli/bench_table.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/aligned_rows.h"
#include "client/cli/display_width.h"
#include "client/loadgen/run_figures.h"

namespace wanwu::cli {
namespace {

using loadgen::LatencyHistogram;
using loadgen::LoadReport;
using loadgen::Milliseconds;
using loadgen::RunFigures;
using loadgen::RunResult;
using loadgen::Tally;

const std::string kNothing = "-";

// Three digits that count: 0.123, 1.23, 12.3, 123.
std::string Short(double value) {
  const int digits = value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0;
  return absl::StrFormat("%.*f", digits, value);
}

std::string Rate(const std::optional<double>& value) {
  return value ? absl::StrFormat("%.1f", *value) : kNothing;
}

std::string Quantile(const LatencyHistogram& histogram, double q) {
  return histogram.Count() == 0 ? kNothing
                                : Short(Milliseconds(histogram.Quantile(q)));
}

std::string Title(const LoadReport& report, const Palette& palette) {
  std::string origin = absl::StrFormat(
      "%s calls, %d connection%s, %d picture%s of %.0f KB", report.calls,
      report.connections, report.connections == 1 ? "" : "s", report.pictures,
      report.pictures == 1 ? "" : "s", report.mean_picture_bytes / 1e3);
  const std::string model = ModelOf(report);
  if (!model.empty()) origin = absl::StrCat(Printable(model), "; ", origin);
  return Styled(Printable(report.address), palette.Style(kBold)) + "  " +
         Styled('(' + origin + ')', palette.Style(kDim)) + '\n';
}

// A column that is left out if it says nothing of any run.
struct Column {
  std::string name;
  std::vector<Cell> cells;
};

bool SaysNothing(const Column& column) {
  return std::all_of(column.cells.begin(), column.cells.end(),
                     [](const Cell& cell) { return cell.text == kNothing; });
}

std::string Table(std::vector<Column> columns, const Palette& palette) {
  std::erase_if(columns, SaysNothing);
  std::vector<Row> rows(columns.front().cells.size() + 1);
  for (const Column& column : columns) {
    rows[0].push_back({column.name, palette.Style(kDim)});
    for (std::size_t i = 0; i < column.cells.size(); ++i) {
      rows[i + 1].push_back(column.cells[i]);
    }
  }
  std::vector<Align> align(columns.size(), Align::kRight);
  align.front() = Align::kLeft;
  return AlignRows(rows, align);
}

template <typename MakeCell>
Column ColumnOf(const LoadReport& report, const std::string& name,
                const MakeCell& make_cell) {
  Column column{name, {}};
  for (const RunResult& run : report.runs) {
    column.cells.push_back(make_cell(run));
  }
  return column;
}

Column Loads(const LoadReport& report) {
  return ColumnOf(report, "load", [](const RunResult& run) {
    return Cell{LoadName(run.plan.load)};
  });
}

// In red what is not 0.
Cell Bad(std::uint64_t count, const Palette& palette) {
  return {absl::StrCat(count), count > 0 ? palette.Style(kRed) : ""};
}

std::string Runs(const LoadReport& report, const Palette& palette) {
  std::vector<Column> columns = {
      Loads(report),
      ColumnOf(
          report, "offered/s",
          [](const auto& run) { return Cell{Rate(FiguresOf(run).offered)}; }),
      ColumnOf(
          report, "ok/s",
          [&palette](const auto& run) {
            return Cell{Rate(FiguresOf(run).achieved), palette.Style(kGreen)};
          }),
      ColumnOf(report, "in time/s", [](const auto& run) {
        return Cell{Rate(FiguresOf(run).goodput)};
      })};
  const std::pair<const char*, double> quantiles[] = {
      {"p50 ms", 0.5}, {"p90", 0.9},     {"p95", 0.95},
      {"p99", 0.99},   {"p99.9", 0.999}, {"max", 1}};
  for (const auto& [name, q] : quantiles) {
    columns.push_back(ColumnOf(report, name, [q = q](const auto& run) {
      return Cell{Quantile(run.tally.latency, q)};
    }));
  }
  columns.push_back(ColumnOf(report, "failed", [&palette](const auto& run) {
    return Bad(run.tally.failed, palette);
  }));
  columns.push_back(ColumnOf(report, "shed", [&palette](const auto& run) {
    return run.plan.load.loop == loadgen::Loop::kClosed
               ? Cell{kNothing}
               : Bad(run.tally.shed, palette);
  }));
  return Table(std::move(columns), palette);
}

std::string Resources(const LoadReport& report, const Palette& palette) {
  const auto column = [&report](const char* name, const auto& text) {
    return ColumnOf(report, name, [&text](const RunResult& run) {
      return Cell{text(FiguresOf(run))};
    });
  };
  const auto cpus = [](const std::optional<double>& value) {
    return value ? absl::StrFormat("%.2f", *value) : kNothing;
  };
  return '\n' +
         Table({Loads(report),
                column("batch",
                       [](const RunFigures& figures) {
                         return figures.mean_batch > 0
                                    ? absl::StrFormat("%.1f",
                                                      figures.mean_batch)
                                    : kNothing;
                       }),
                column("own CPUs",
                       [&cpus](const RunFigures& figures) {
                         return cpus(figures.own_cpus);
                       }),
                column("server CPUs",
                       [&cpus](const RunFigures& figures) {
                         return cpus(figures.server_cpus);
                       }),
                column("CPU ms/answer",
                       [](const RunFigures& figures) {
                         return figures.server_cpu_ms
                                    ? Short(*figures.server_cpu_ms)
                                    : kNothing;
                       }),
                column("server MB",
                       [](const RunFigures& figures) {
                         return figures.server_megabytes
                                    ? absl::StrFormat("%.0f",
                                                      *figures.server_megabytes)
                                    : kNothing;
                       })},
               palette);
}

std::string Stages(const LoadReport& report, const Palette& palette) {
  const auto column = [&report](const char* name,
                                LatencyHistogram loadgen::StageTimes::*stage) {
    return ColumnOf(report, name, [stage](const RunResult& run) {
      const LatencyHistogram& times = run.tally.stages.*stage;
      return Cell{times.Count() == 0
                      ? kNothing
                      : Quantile(times, 0.5) + " / " + Quantile(times, 0.99)};
    });
  };
  using loadgen::StageTimes;
  return '\n' + Table({Loads(report),
                       column("decode p50 / p99 ms", &StageTimes::decode),
                       column("queue", &StageTimes::queue),
                       column("inference", &StageTimes::inference),
                       column("server's total", &StageTimes::total)},
                      palette);
}

std::string BatchSizes(const LoadReport& report) {
  std::string text;
  for (const RunResult& run : report.runs) {
    // One size for all needs no list.
    if (run.tally.batch_sizes.size() < 2) continue;
    absl::StrAppend(&text, "batch sizes, ", LoadName(run.plan.load), ":");
    double all = 0;
    for (const auto& [size, count] : run.tally.batch_sizes) {
      all += static_cast<double>(count);
    }
    for (const auto& [size, count] : run.tally.batch_sizes) {
      absl::StrAppendFormat(&text, "  %d: %.0f %%", size,
                            100 * static_cast<double>(count) / all);
    }
    text += '\n';
  }
  return text.empty() ? "" : '\n' + text;
}

std::string Errors(const LoadReport& report, const Palette& palette) {
  std::string text;
  for (const RunResult& run : report.runs) {
    for (const auto& [kind, count] : run.tally.errors) {
      const std::string line = Printable(absl::StrCat(
          "failed, ", LoadName(run.plan.load), ": ", count, " x ", kind.first,
          kind.second.empty() ? "" : " ", kind.second));
      absl::StrAppend(&text, Styled(line, palette.Style(kRed)), "\n");
    }
  }
  return text.empty() ? "" : '\n' + text;
}

std::string Slo(const LoadReport& report, const Palette& palette) {
  if (!report.slo) return "";
  const double limit = Milliseconds(report.slo->p99);
  const std::string text =
      report.slo->rate ? absl::StrFormat("p99 <= %.4g ms holds up to %.1f/s",
                                         limit, *report.slo->rate)
                       : absl::StrFormat("no rate holds p99 <= %.4g ms", limit);
  return '\n' + Styled(text, palette.Style(kBold)) + '\n';
}

}  // namespace

std::string BenchTable(const LoadReport& report, const Palette& palette) {
  if (report.runs.empty()) return Title(report, palette) + Slo(report, palette);
  std::string text = Title(report, palette) + Runs(report, palette) +
                     Resources(report, palette) + Stages(report, palette) +
                     BatchSizes(report) + Errors(report, palette) +
                     Slo(report, palette);
  const std::vector<std::string> warnings = WarningsOf(report);
  if (!warnings.empty()) text += '\n';
  for (const std::string& warning : warnings) {
    absl::StrAppend(
        &text, Styled("warning: " + Printable(warning), palette.Style(kBold)),
        "\n");
  }
  return text;
}

}  // namespace wanwu::cli
