#include "client/loadgen/json_report.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/loadgen/run_figures.h"

namespace wanwu::loadgen {
namespace {

// In the order that they are written in.
using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

// Four digits behind the point: more would be noise.
double Rounded(double value) { return std::round(value * 1e4) / 1e4; }

double Ms(Duration duration) { return Rounded(Milliseconds(duration)); }

Json OrNull(const std::optional<double>& value) {
  return value ? Json(Rounded(*value)) : Json(nullptr);
}

Json Percentiles(const LatencyHistogram& histogram) {
  return {{"mean", Ms(histogram.Mean())},
          {"p50", Ms(histogram.Quantile(0.5))},
          {"p90", Ms(histogram.Quantile(0.9))},
          {"p95", Ms(histogram.Quantile(0.95))},
          {"p99", Ms(histogram.Quantile(0.99))},
          {"p99.9", Ms(histogram.Quantile(0.999))},
          {"max", Ms(histogram.Max())}};
}

Json Buckets(const LatencyHistogram& histogram) {
  Json buckets = Json::array();
  for (const auto& bucket : histogram.Buckets()) {
    buckets.push_back(Json::array({Ms(bucket.upper), bucket.count}));
  }
  return buckets;
}

Json LoadOf(const LoadPlan& plan) {
  const Load& load = plan.load;
  Json json = {{"loop", load.loop == Loop::kClosed ? "closed" : "open"}};
  if (load.loop == Loop::kClosed) {
    json["clients"] = load.clients;
  } else {
    json["rate"] = load.rate;
    json["arrivals"] = ArrivalsName(load.arrivals);
    json["max_in_flight"] = plan.max_in_flight;
  }
  json["seed"] = plan.seed;
  json["deadline_ms"] =
      plan.deadline ? Json(Ms(*plan.deadline)) : Json(nullptr);
  return json;
}

std::string EndName(EndReason end) {
  switch (end) {
    case EndReason::kStable:
      return "stable";
    case EndReason::kNotStable:
      return "not_stable";
    case EndReason::kInterrupted:
      return "interrupted";
    case EndReason::kDurationOver:
      break;
  }
  return "duration";
}

Json Errors(const Tally& tally) {
  Json errors = Json::array();
  for (const auto& [kind, count] : tally.errors) {
    errors.push_back(
        {{"code", kind.first}, {"reason", kind.second}, {"count", count}});
  }
  return errors;
}

Json BatchSizes(const Tally& tally) {
  Json sizes = Json::array();
  for (const auto& [size, count] : tally.batch_sizes) {
    sizes.push_back({{"size", size}, {"pictures", count}});
  }
  return sizes;
}

Json Windows(const RunResult& run) {
  Json windows = Json::array();
  for (const Window& window : run.windows) {
    windows.push_back({{"from_s", Rounded(Seconds(window.from))},
                       {"seconds", Rounded(Seconds(window.length))},
                       {"answered", window.answered},
                       {"failed", window.failed},
                       {"p50_ms", Ms(window.p50)},
                       {"p95_ms", Ms(window.p95)},
                       {"p99_ms", Ms(window.p99)}});
  }
  return windows;
}

Json Run(const RunResult& run) {
  const Tally& tally = run.tally;
  const RunFigures figures = FiguresOf(run);
  return {
      {"load", LoadOf(run.plan)},
      {"end", EndName(run.end)},
      {"seconds", Rounded(tally.Length())},
      {"sent", tally.sent},
      {"answered", tally.answered},
      {"failed", tally.failed},
      {"shed", tally.shed},
      {"offered_rate", OrNull(figures.offered)},
      {"achieved_rate", Rounded(figures.achieved)},
      {"goodput", OrNull(figures.goodput)},
      {"latency_ms", Percentiles(tally.latency)},
      {"lateness_ms", Percentiles(tally.lateness)},
      {"stages_ms",
       {{"decode", Percentiles(tally.stages.decode)},
        {"queue", Percentiles(tally.stages.queue)},
        {"inference", Percentiles(tally.stages.inference)},
        {"total", Percentiles(tally.stages.total)}}},
      {"mean_batch_size", Rounded(figures.mean_batch)},
      {"batch_sizes", BatchSizes(tally)},
      {"errors", Errors(tally)},
      {"own_cpus", Rounded(figures.own_cpus)},
      {"server_cpus", OrNull(figures.server_cpus)},
      {"server_cpu_ms_per_answer", OrNull(figures.server_cpu_ms)},
      {"server_resident_mb", OrNull(figures.server_megabytes)},
      {"windows", Windows(run)},
      {"latency_histogram_ms", Buckets(tally.latency)},
  };
}

}  // namespace

std::string ToJson(const LoadReport& report) {
  Json json = {{"schema_version", kSchemaVersion},
               {"started", report.started},
               {"interrupted", report.interrupted},
               {"address", report.address},
               {"model", ModelOf(report)},
               {"calls", report.calls},
               {"connections", report.connections},
               {"pictures", report.pictures},
               {"mean_picture_bytes", std::round(report.mean_picture_bytes)},
               {"cpus", report.cpus},
               {"cpu_model", report.cpu_model},
               {"slo", nullptr},
               {"warnings", WarningsOf(report)},
               {"runs", Json::array()}};
  if (report.slo) {
    json["slo"] = {{"p99_ms", Ms(report.slo->p99)},
                   {"rate", OrNull(report.slo->rate)}};
  }
  for (const RunResult& run : report.runs) json["runs"].push_back(Run(run));
  constexpr int kIndent = 1;
  return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace wanwu::loadgen
