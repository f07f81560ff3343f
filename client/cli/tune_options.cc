#include "client/cli/tune_options.h"

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <map>

#include "client/cli/choice_option.h"
#include "client/cli/connection.h"

namespace wanwu::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kLeastBudget{10};
constexpr int kMeasurements = 36;
constexpr milliseconds kShortest{1000};
constexpr milliseconds kLongest{10'000};
constexpr int kClientsPerCpu = 16;
constexpr int kFewestClients = 32;

void AddGoal(CLI::App& command, TuneOptions& options) {
  const std::map<std::string, tuning::Aim> aims = {
      {"throughput", tuning::Aim::kThroughput},
      {"latency", tuning::Aim::kLatency}};
  AddChoice(command,
            {"--goal",
             "throughput: most answers per second at saturation; latency: "
             "--p99 held at --rate, then the lowest p99"},
            aims, options.aim);
  command
      .add_option("--clients", options.clients,
                  "Throughput: clients that saturate the server (default 16 "
                  "per CPU, at least 32)")
      ->check(CLI::Range(1, 100'000));
  command
      .add_option("--rate", options.rate,
                  "Latency: requests per second, arriving at random")
      ->check(CLI::Range(0.01, 1e6));
  AddDuration(command, "--p99", options.p99,
              "Latency: 99 % must be answered well within this");
  AddDuration(command, "--budget", options.budget,
              "Time that all of it may take, at least 10s");
}

void AddOutput(CLI::App& command, TuneOptions& options) {
  command
      .add_option("--write", options.write, "Config file to write the best to")
      ->type_name("FILE")
      ->capture_default_str();
  command.add_flag("--force", options.force,
                   "Overwrite that file if it is there");
  const std::map<std::string, TuneFormat> formats = {
      {"table", TuneFormat::kTable}, {"json", TuneFormat::kJson}};
  AddChoice(command, {"--output", "Format of the report"}, formats,
            options.format);
  command
      .add_option("--json", options.json_file, "Also write the report as JSON")
      ->type_name("FILE");
}

}  // namespace

void AddTuneOptions(CLI::App& command, TuneOptions& options) {
  command
      .add_option("paths", options.paths,
                  "Pictures, and directories of JPEG, PNG, WebP, GIF, BMP, "
                  "TIFF, AVIF and HEIC")
      ->type_name("FILE|DIR")
      ->required();
  command
      .add_option("--model_repository", options.model_repository,
                  "Directory of model packages, for the servers; the default "
                  "model is measured")
      ->type_name("DIR")
      ->capture_default_str();
  command
      .add_option("--server_binary", options.server_binary,
                  "The server's program (default: wanwu-server beside this "
                  "one, else in PATH)")
      ->type_name("FILE");
  AddGoal(command, options);
  AddOutput(command, options);
}

std::string TuneMistake(const TuneOptions& options) {
  if (options.budget < kLeastBudget) return "--budget must be at least 10s";
  const bool has_latency = options.rate > 0 || options.p99.count() > 0;
  if (options.aim == tuning::Aim::kThroughput) {
    return has_latency ? "--rate and --p99 need --goal latency" : "";
  }
  if (options.clients > 0) return "--clients needs --goal throughput";
  if (options.rate <= 0 || options.p99.count() == 0) {
    return "--goal latency needs --rate and --p99";
  }
  return "";
}

tuning::Goal GoalFrom(const TuneOptions& options, int cpus) {
  tuning::Goal goal{.aim = options.aim};
  goal.clients = options.clients > 0
                     ? options.clients
                     : std::max(kFewestClients, kClientsPerCpu * cpus);
  goal.rate = options.rate;
  goal.p99 = options.p99;
  return goal;
}

milliseconds MeasurementTime(milliseconds budget) {
  return std::clamp(budget / kMeasurements, kShortest, kLongest);
}

}  // namespace wanwu::cli
