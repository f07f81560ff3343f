// Closed loops of HTTP clients against the services that Wanwu is compared
// with: the load generator behind `wanwu bench`, and its JSON, over HTTP.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/bench_pictures.h"
#include "client/loadgen/cpu_usage.h"
#include "client/loadgen/json_report.h"
#include "client/loadgen/load_run.h"
#include "tests/bench/http_target.h"

namespace wanwu::bench {
namespace {

struct Options {
  std::string host = "127.0.0.1";
  std::string port;
  std::string path = "/";
  std::vector<std::string> headers;
  std::vector<std::string> pictures;
  std::vector<int> clients = {1, 8, 32};
  double warm_up_s = 2;
  double duration_s = 10;
};

void AddOptions(CLI::App& app, Options& options) {
  app.add_option("--host", options.host)->capture_default_str();
  app.add_option("--port", options.port)->required();
  app.add_option("--path", options.path)->capture_default_str();
  app.add_option("--header", options.headers, "Such as \"Name: value\"")
      ->take_all()
      ->expected(1);
  app.add_option("--clients", options.clients, "One run for each")
      ->delimiter(',')
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  app.add_option("--warm_up", options.warm_up_s, "Seconds before each run")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--duration", options.duration_s, "Seconds of each run")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("pictures", options.pictures, "Files and folders")->required();
}

loadgen::LoadReport Measure(const Options& options,
                            loadgen::PictureSet& pictures) {
  loadgen::LoadReport report{
      .started =
          absl::FormatTime(absl::RFC3339_sec, absl::Now(), absl::UTCTimeZone()),
      .address = options.host + ":" + options.port,
      .calls = "http",
      .pictures = pictures.size(),
      .mean_picture_bytes = pictures.MeanBytes(),
      .cpus = loadgen::AvailableCpus(),
      .cpu_model = loadgen::CpuModel()};
  const loadgen::CpuMeter meter(std::nullopt);
  loadgen::LoadPlan plan;
  plan.warm_up = loadgen::FromSeconds(options.warm_up_s);
  plan.duration = loadgen::FromSeconds(options.duration_s);
  for (const int clients : options.clients) {
    loadgen::SteadyClock clock;
    HttpTarget target(options.host, options.port, options.path,
                      options.headers);
    plan.load.clients = clients;
    loadgen::LoadRun run({clock, target, pictures}, plan,
                         [meter] { return meter.Read(); });
    report.runs.push_back(run.Run(nullptr));
  }
  return report;
}

int Run(const Options& options) {
  auto files = cli::ReadPictures(options.pictures, std::cerr);
  if (!files.ok() || files->empty()) {
    std::cerr << "no pictures: " << files.status().message() << '\n';
    return 1;
  }
  loadgen::PictureSet pictures(*std::move(files),
                               loadgen::PictureOrder::kRoundRobin, 1);
  std::cout << ToJson(Measure(options, pictures));
  return 0;
}

}  // namespace
}  // namespace wanwu::bench

int main(int argc, char** argv) {
  wanwu::bench::Options options;
  CLI::App app("Closed loops of HTTP clients; prints JSON as wanwu bench.");
  wanwu::bench::AddOptions(app, options);
  CLI11_PARSE(app, argc, argv);
  return wanwu::bench::Run(options);
}
