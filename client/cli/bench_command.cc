#include "client/cli/bench_command.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/bench_options.h"
#include "client/cli/bench_pictures.h"
#include "client/cli/bench_progress.h"
#include "client/cli/bench_runner.h"
#include "client/cli/bench_table.h"
#include "client/cli/error_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/interrupt_signal.h"
#include "client/cli/report_file.h"
#include "client/cli/terminal.h"
#include "client/loadgen/connections.h"
#include "client/loadgen/cpu_usage.h"
#include "client/loadgen/html_report.h"
#include "client/loadgen/json_report.h"
#include "client/loadgen/stream_target.h"
#include "client/loadgen/unary_target.h"

namespace wanwu::cli {
namespace {

constexpr char kFooter[] =
    "Without --clients and --rate: closed loops of 1, 8 and 32 clients. An\n"
    "open loop's latencies count from the scheduled time of sending, so that "
    "a\n"
    "server that stalls is seen to stall. Ctrl-C ends early and still "
    "reports.\n"
    "docs/bench.md says what each figure and each field of the JSON means.\n"
    "\n"
    "Exit code: 0 measured, 1 nothing was answered, no rate held --slo_p99 or "
    "a\n"
    "file could not be used, 2 wrong usage, 3 no server reached, 130 "
    "interrupted,\n"
    "141 the reader of the output went away.";

int UsageError(const std::string& message) {
  std::cerr << "wanwu: " << message << "; see wanwu bench --help\n";
  return kExitUsage;
}

std::unique_ptr<loadgen::Target> MakeTarget(const BenchOptions& options) {
  loadgen::Connections connections =
      loadgen::Connect(options.connection.channel, options.connections);
  loadgen::RequestTemplate request;
  request.request.set_top_k(options.top_k);
  request.request.set_model(options.model);
  request.priority = options.priority;
  if (options.stream) {
    return std::make_unique<loadgen::StreamTarget>(std::move(connections),
                                                   request);
  }
  return std::make_unique<loadgen::UnaryTarget>(std::move(connections),
                                                std::move(request));
}

loadgen::LoadReport DescribeRun(const BenchOptions& options,
                                const loadgen::PictureSet& pictures) {
  return {.started = absl::FormatTime(absl::RFC3339_sec, absl::Now(),
                                      absl::UTCTimeZone()),
          .address = options.connection.address,
          .calls = options.stream ? "stream" : "unary",
          .connections = options.connections,
          .pictures = pictures.size(),
          .mean_picture_bytes = pictures.MeanBytes(),
          .cpus = loadgen::AvailableCpus(),
          .cpu_model = loadgen::CpuModel()};
}

loadgen::LoadReport Measure(const BenchOptions& options,
                            loadgen::PictureSet& pictures,
                            InterruptSignal& interrupt) {
  loadgen::SteadyClock clock;
  const auto target = MakeTarget(options);
  BenchProgressLine line(std::cerr);
  BenchRunner::OnProgress on_progress;
  if (IsTerminal(STDERR_FILENO)) {
    on_progress = [&line](const auto& load, const auto& progress) {
      // The last column stays free: some terminals wrap after filling it.
      line.Update(RenderBenchProgress(load, progress,
                                      TerminalColumns(STDERR_FILENO) - 1));
    };
  }
  BenchRunner runner({clock, *target, pictures}, options, on_progress);
  interrupt.Handle([&runner] { runner.Stop(); });
  loadgen::LoadReport report = DescribeRun(options, pictures);
  runner.Run(report);
  interrupt.Handle(nullptr);
  return report;
}

bool Answered(const loadgen::LoadReport& report) {
  return std::all_of(
      report.runs.begin(), report.runs.end(),
      [](const loadgen::RunResult& run) { return run.tally.answered > 0; });
}

int ExitCode(const loadgen::LoadReport& report) {
  if (report.interrupted) return kExitInterrupted;
  const bool held = !report.slo || report.slo->rate;
  return held && Answered(report) ? kExitOk : kExitFailed;
}

int RunBench(const BenchOptions& options) {
  const std::string mistake = BenchMistake(options);
  if (!mistake.empty()) return UsageError(mistake);
  if (options.server_pid > 0 &&
      !loadgen::CpuMeter(options.server_pid).Read().server_seconds) {
    return UsageError("--server_pid: there is no such process");
  }
  absl::StatusOr<std::vector<std::string>> files =
      ReadPictures(options.paths, std::cerr);
  if (!files.ok()) {
    std::cerr << ErrorLine("", files.status());
    return kExitFailed;
  }
  if (files->empty()) return UsageError("no pictures there");
  loadgen::PictureSet pictures(*std::move(files), options.order, options.seed);
  ReportFile json(options.json_file);
  ReportFile html(options.html_file);
  if (!json.Check() || !html.Check()) return kExitFailed;

  // Before the client, whose threads must not die of the signal.
  InterruptSignal interrupt;
  const auto client = MakeClient(options.connection);
  if (!ConnectOrExplain(*client, options.connection, std::cerr)) {
    return kExitUnreachable;
  }
  const loadgen::LoadReport report = Measure(options, pictures, interrupt);
  std::cout << (options.format == BenchFormat::kJson
                    ? ToJson(report)
                    : BenchTable(report, PaletteFor(STDOUT_FILENO)))
            << std::flush;
  const int write_error = std::cout ? 0 : errno;
  const bool written = json.Write(ToJson(report)) & html.Write(ToHtml(report));
  if (write_error != 0) {
    return write_error == EPIPE ? kExitBrokenPipe : kExitFailed;
  }
  return written ? ExitCode(report) : kExitFailed;
}

}  // namespace

void AddBenchCommand(CLI::App& app, std::function<int()>& selected) {
  const auto options = std::make_shared<BenchOptions>();
  CLI::App& command = *app.add_subcommand(
      "bench", "Measure a server: throughput, latencies, errors under load");
  AddBenchOptions(command, *options);
  command.footer(kFooter);
  command.callback([options, &selected] {
    selected = [options] { return RunBench(*options); };
  });
}

}  // namespace wanwu::cli
