#include "client/cli/tune_command.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/bench_pictures.h"
#include "client/cli/connection.h"
#include "client/cli/display_width.h"
#include "client/cli/error_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/interrupt_signal.h"
#include "client/cli/report_file.h"
#include "client/cli/terminal.h"
#include "client/cli/tune_options.h"
#include "client/cli/tune_run.h"
#include "client/cli/tune_table.h"
#include "client/loadgen/cpu_usage.h"
#include "client/tuning/config_file.h"

namespace wanwu::cli {
namespace {

constexpr char kFooter[] =
    "Starts a server of its own for each configuration that it tries, on a "
    "free\n"
    "port of 127.0.0.1; nothing else should keep the machine busy meanwhile. "
    "The\n"
    "written file is for wanwu-server --config=FILE. docs/tune.md says how it\n"
    "searches and when it prefers the default.\n"
    "\n"
    "Exit code: 0 a config file was written, 1 no configuration meets the "
    "goal,\n"
    "the server could not be started or a file could not be used, 2 wrong "
    "usage,\n"
    "130 interrupted, 141 the reader of the output went away.";

int UsageError(const std::string& message) {
  std::cerr << "wanwu: " << message << "; see wanwu tune --help\n";
  return kExitUsage;
}

int FileError(const std::string& path, const std::string& message) {
  std::cerr << "wanwu: " << Printable(path) << ": " << message << '\n';
  return kExitFailed;
}

// Lives in the system's folder for such and goes with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name =
        (std::filesystem::temp_directory_path() / "wanwu-tune-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  // Empty if it could not be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Why the config file could not be written in the end; empty if it can.
std::string WriteObstacle(const TuneOptions& options) {
  std::error_code error;
  const std::filesystem::path path = options.write;
  if (std::filesystem::exists(path, error)) {
    if (!options.force) return "is there already; --force overwrites it";
    return access(path.c_str(), W_OK) == 0 ? "" : std::strerror(errno);
  }
  const std::filesystem::path folder =
      path.has_parent_path() ? path.parent_path() : ".";
  return access(folder.c_str(), W_OK) == 0 ? "" : std::strerror(errno);
}

bool WriteConfig(tuning::TuneReport& report, const TuneOptions& options) {
  const tuning::Trial* chosen = report.Chosen();
  if (chosen == nullptr) return true;
  errno = 0;
  std::ofstream file(options.write, std::ios::binary | std::ios::trunc);
  file << ToConfigFile(chosen->settings, Comments(report)) << std::flush;
  if (!file) {
    FileError(options.write, std::strerror(errno));
    return false;
  }
  report.written = options.write;
  return true;
}

int ExitCode(const tuning::TuneReport& report) {
  if (report.interrupted) return kExitInterrupted;
  return report.written.empty() ? kExitFailed : kExitOk;
}

int Print(const tuning::TuneReport& report, const TuneOptions& options) {
  std::cout << (options.format == TuneFormat::kJson
                    ? ToJson(report)
                    : TuneTable(report, PaletteFor(STDOUT_FILENO)))
            << std::flush;
  if (std::cout) return kExitOk;
  return errno == EPIPE ? kExitBrokenPipe : kExitFailed;
}

int Tune(const TuneOptions& options, loadgen::PictureSet& pictures,
         ReportFile& json) {
  const ScratchDirectory scratch;
  if (scratch.path().empty()) {
    return FileError("the folder for temporary files", std::strerror(errno));
  }
  // Before gRPC, whose threads must not die of the signal.
  InterruptSignal interrupt;
  HoldGrpc();
  const int cpus = loadgen::AvailableCpus();
  const tuning::Goal goal = GoalFrom(options, cpus);
  tuning::TuneReport report{
      .started =
          absl::FormatTime(absl::RFC3339_sec, absl::Now(), absl::UTCTimeZone()),
      .goal = goal,
      .cpus = cpus,
      .cpu_model = loadgen::CpuModel(),
      .pictures = pictures.size(),
      .budget = options.budget};
  TuneRun run(options, goal, scratch.path(), pictures);
  interrupt.Handle([&run] { run.Stop(); });
  const absl::Status status = run.Run(report);
  interrupt.Handle(nullptr);
  if (!status.ok()) {
    std::cerr << "wanwu: the server cannot be measured: "
              << Printable(std::string(status.message())) << '\n';
    return kExitFailed;
  }
  const bool written = WriteConfig(report, options);
  const int printed = Print(report, options);
  if (!json.Write(ToJson(report)) || !written) return kExitFailed;
  return printed == kExitOk ? ExitCode(report) : printed;
}

int RunTune(const TuneOptions& options) {
  const std::string mistake = TuneMistake(options);
  if (!mistake.empty()) return UsageError(mistake);
  const std::string obstacle = WriteObstacle(options);
  if (!obstacle.empty()) return FileError(options.write, obstacle);
  absl::StatusOr<std::vector<std::string>> files =
      ReadPictures(options.paths, std::cerr);
  if (!files.ok()) {
    std::cerr << ErrorLine("", files.status());
    return kExitFailed;
  }
  if (files->empty()) return UsageError("no pictures there");
  loadgen::PictureSet pictures(*std::move(files),
                               loadgen::PictureOrder::kRoundRobin, 1);
  ReportFile json(options.json_file);
  if (!json.Check()) return kExitFailed;
  return Tune(options, pictures, json);
}

}  // namespace

void AddTuneCommand(CLI::App& app, std::function<int()>& selected) {
  const auto options = std::make_shared<TuneOptions>();
  CLI::App& command = *app.add_subcommand(
      "tune", "Find the server's best settings on this machine");
  AddTuneOptions(command, *options);
  command.footer(kFooter);
  command.callback([options, &selected] {
    selected = [options] { return RunTune(*options); };
  });
}

}  // namespace wanwu::cli
