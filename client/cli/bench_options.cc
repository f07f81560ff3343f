#include "client/cli/bench_options.h"

#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "client/cli/choice_option.h"
#include "client/cli/display_width.h"

namespace wanwu::cli {
namespace {

using loadgen::Arrivals;
using loadgen::Load;
using loadgen::Loop;
using loadgen::PictureOrder;

constexpr std::size_t kMostRuns = 64;
constexpr int kMostClients = 100'000;
constexpr double kLowestRate = 0.01;
constexpr double kHighestRate = 1e6;
constexpr int kUsualClients[] = {1, 8, 32};

bool ParseNumber(const std::string& text, int& value) {
  return absl::SimpleAtoi(text, &value) && value >= 1 && value <= kMostClients;
}

bool ParseNumber(const std::string& text, double& value) {
  return absl::SimpleAtod(text, &value) && value >= kLowestRate &&
         value <= kHighestRate;
}

// An option that takes a list such as "1,8,32" as one word, so that it leaves
// the arguments behind it alone.
template <typename Number>
CLI::Option* AddList(CLI::App& command, const OptionText& text,
                     const std::string& range, std::vector<Number>& values) {
  const auto parse = [text, range, &values](const std::string& list) {
    values.clear();
    const std::vector<std::string> words = absl::StrSplit(list, ',');
    for (const std::string& word : words) {
      Number value = 0;
      if (!ParseNumber(word, value) || values.size() == kMostRuns) {
        throw CLI::ValidationError(
            text.name, "'" + Printable(list) + "' is not a list of " + range);
      }
      values.push_back(value);
    }
  };
  return command
      .add_option_function<std::string>(text.name, parse, text.description)
      ->type_name("N,N,...");
}

void AddLoad(CLI::App& command, BenchOptions& options) {
  CLI::Option* clients =
      AddList(command,
              {"--clients",
               "Closed loop: so many clients, each waiting for its answer; one "
               "run for each N (default 1,8,32)"},
              "numbers from 1 to 100000, at most 64", options.clients);
  AddList(command,
          {"--rate",
           "Open loop: so many requests per second, whatever the answers do; "
           "one run for each N"},
          "rates from 0.01 to 1000000, at most 64", options.rates)
      ->excludes(clients);
  const std::map<std::string, Arrivals> arrivals = {
      {"poisson", Arrivals::kPoisson},
      {"constant", Arrivals::kConstant},
      {"burst", Arrivals::kBurst},
      {"step", Arrivals::kStep},
      {"ramp", Arrivals::kRamp}};
  AddChoice(command, {"--arrivals", "When requests of the open loop are due"},
            arrivals, options.arrivals);
  command.add_option("--burst", options.burst, "Requests of one burst")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  command
      .add_option("--max_in_flight", options.max_in_flight,
                  "Open loop: what is due beyond so many unanswered requests "
                  "is shed, and counted")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  AddDuration(command, "--slo_p99", options.slo_p99,
              "Search the highest rate of which 99 % are answered well within "
              "this; --rate is where to begin")
      ->excludes(clients);
  command
      .add_option("--seed", options.seed,
                  "Of random arrivals and the random order of pictures")
      ->capture_default_str();
}

void AddTimes(CLI::App& command, BenchOptions& options) {
  AddDuration(command, "--warm_up", options.warm_up,
              "The load before each measurement; 0: none",
              std::chrono::milliseconds(0));
  CLI::Option* duration = AddDuration(command, "--duration", options.duration,
                                      "Of each measurement");
  CLI::Option* stable =
      command
          .add_flag("--until_stable", options.until_stable,
                    "Measure until three windows agree within 10 % in "
                    "throughput and p95; these are reported")
          ->excludes(duration);
  AddDuration(command, "--window", options.window,
              "Length of a window, and of a step in plots over time");
  AddDuration(command, "--max_duration", options.max_duration,
              "Longest measurement with --until_stable")
      ->needs(stable);
  AddDuration(command, "--deadline", options.deadline,
              "Of each request, from its scheduled time; later answers are no "
              "goodput. Streams do not send it");
}

void AddRequests(CLI::App& command, BenchOptions& options) {
  command.add_flag("--stream", options.stream,
                   "One ClassifyBatch stream per connection, not a Classify "
                   "call per picture");
  command
      .add_option("--connections", options.connections,
                  "Connections that requests take in turn")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  const std::map<std::string, PictureOrder> orders = {
      {"round_robin", PictureOrder::kRoundRobin},
      {"random", PictureOrder::kRandom}};
  AddChoice(command, {"--order", "Order of the pictures"}, orders,
            options.order);
  command.add_option("--top_k", options.top_k, "Classes per picture")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command.add_option("--model", options.model,
                     "Model name; default: the server's default model");
  const std::map<std::string, client::Priority> priorities = {
      {"interactive", client::Priority::kInteractive},
      {"bulk", client::Priority::kBulk}};
  AddChoice(command, {"--priority", "Priority of the requests"}, priorities,
            options.priority);
}

void AddOutput(CLI::App& command, BenchOptions& options) {
  command
      .add_option("--server_pid", options.server_pid,
                  "Process id of a server on this machine: reports its CPU "
                  "time and memory")
      ->type_name("PID")
      ->check(CLI::PositiveNumber);
  const std::map<std::string, BenchFormat> formats = {
      {"table", BenchFormat::kTable}, {"json", BenchFormat::kJson}};
  AddChoice(command, {"--output", "Format of the report"}, formats,
            options.format);
  command
      .add_option("--json", options.json_file, "Also write the report as JSON")
      ->type_name("FILE");
  command
      .add_option("--html", options.html_file,
                  "Also write a report with plots, one HTML file")
      ->type_name("FILE");
}

bool Grows(Arrivals arrivals) {
  return arrivals == Arrivals::kStep || arrivals == Arrivals::kRamp;
}

}  // namespace

void AddBenchOptions(CLI::App& command, BenchOptions& options) {
  command
      .add_option("paths", options.paths,
                  "Pictures, and directories of JPEG, PNG, WebP, GIF, BMP, "
                  "TIFF, AVIF and HEIC")
      ->type_name("FILE|DIR")
      ->required();
  AddConnectionOptions(command, options.connection);
  AddLoad(command, options);
  AddTimes(command, options);
  AddRequests(command, options);
  AddOutput(command, options);
}

std::string BenchMistake(const BenchOptions& options) {
  const bool search = options.slo_p99.count() > 0;
  if (search && options.rates.size() > 1) {
    return "--slo_p99 takes one --rate, where to begin";
  }
  if (!Grows(options.arrivals)) return "";
  if (search) return "--slo_p99 needs arrivals whose rate does not grow";
  if (options.until_stable) {
    return "--until_stable needs arrivals whose rate does not grow";
  }
  return "";
}

loadgen::LoadPlan PlanFrom(const BenchOptions& options) {
  loadgen::LoadPlan plan;
  plan.warm_up = options.warm_up;
  plan.until = options.until_stable ? loadgen::Until::kStable
                                    : loadgen::Until::kDuration;
  plan.duration = options.duration;
  plan.max_duration = options.max_duration;
  plan.window = options.window;
  plan.max_in_flight = options.max_in_flight;
  plan.timeout = options.connection.timeout;
  if (options.deadline.count() > 0) plan.deadline = options.deadline;
  plan.seed = options.seed;
  return plan;
}

std::vector<Load> LoadsFrom(const BenchOptions& options) {
  std::vector<Load> loads;
  for (const double rate : options.rates) {
    loads.push_back(OpenLoad(options, rate));
  }
  for (const int clients : options.clients) {
    loads.push_back({.loop = Loop::kClosed, .clients = clients});
  }
  if (!loads.empty()) return loads;
  for (const int clients : kUsualClients) {
    loads.push_back({.loop = Loop::kClosed, .clients = clients});
  }
  return loads;
}

Load OpenLoad(const BenchOptions& options, double rate) {
  return {.loop = Loop::kOpen,
          .rate = rate,
          .arrivals = options.arrivals,
          .burst = options.burst};
}

}  // namespace wanwu::cli
