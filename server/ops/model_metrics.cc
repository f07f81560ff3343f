#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/model/precision.h"
#include "server/ops/metrics_of.h"

namespace wanwu::ops {
namespace {

using pipeline::CatalogEntry;
using pipeline::ModelState;
using prometheus::ClientMetric;

// Batch sizes up to which batches are counted together.
constexpr int kSizeBounds[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32};

struct State {
  ModelState state;
  const char* name;
};
constexpr State kStates[] = {{ModelState::kLoading, "loading"},
                             {ModelState::kReady, "ready"},
                             {ModelState::kFailed, "failed"}};

ClientMetric::Histogram ToHistogram(const batching::BatchesBySize& batches) {
  ClientMetric::Histogram histogram;
  size_t size = 0;
  for (const int bound : kSizeBounds) {
    for (; size <= static_cast<size_t>(bound) && size < batches.size();
         ++size) {
      histogram.sample_count += batches[size];
      histogram.sample_sum += static_cast<double>(size * batches[size]);
    }
    histogram.bucket.push_back({.cumulative_count = histogram.sample_count,
                                .upper_bound = static_cast<double>(bound)});
  }
  return histogram;
}

// Of each model a sample or several.
struct Samples {
  MetricSamples state =
      MetricSamples::Gauge("wanwu_model_state", "1 for the state it is in.");
  MetricSamples info = MetricSamples::Gauge(
      "wanwu_model_info", "Always 1, for each model that is ready.");
  MetricSamples wait = MetricSamples::Gauge(
      "wanwu_model_estimated_wait_seconds",
      "How long the model's admitted work will take, other models' turns "
      "included.");
  MetricSamples depth =
      MetricSamples::Gauge("wanwu_model_queue_depth",
                           "Requests of the model admitted and not finished.");
  MetricSamples limit = MetricSamples::Gauge("wanwu_model_batch_size_limit",
                                             "The largest batch at present.");
  MetricSamples time = MetricSamples::Gauge(
      "wanwu_model_batch_time_seconds",
      "t(b): a lane's CPU time for a batch of that size, as observed.");
  MetricSamples batches = MetricSamples::Histogram(
      "wanwu_batch_size", "Batches run, by how many pictures were in them.");
  MetricSamples dropped = MetricSamples::Counter(
      "wanwu_queue_dropped_total",
      "Decoded pictures that left the lanes' queue without being run.");
  MetricSamples damaged = MetricSamples::Counter(
      "wanwu_damaged_pictures_total",
      "Pictures answered with warnings: damaged, but not so that they could "
      "not be decoded.");
};

void AddReady(pipeline::ClassifyPipeline& pipeline,
              const pipeline::ServedModel& model, const MetricLabels& labels,
              Samples& samples) {
  const auto with = [&labels](const char* name, const std::string& value) {
    MetricLabels more = labels;
    more.emplace_back(name, value);
    return more;
  };
  samples.info.Add(
      1, with("precision",
              std::string(model::PrecisionName(model.precision().precision))));
  samples.wait.Add(Seconds(pipeline.admission().EstimatedWait(model)), labels);
  samples.depth.Add(static_cast<double>(pipeline.admission().jobs(model)),
                    labels);
  samples.limit.Add(model.batch_size(), labels);
  samples.damaged.Add(static_cast<double>(model.counters().Read().damaged),
                      labels);
  for (const model::BatchTime& time : model.batch_times()) {
    samples.time.Add(Seconds(time.duration),
                     with("size", absl::StrCat(time.size)));
  }
  const std::optional<batching::QueueStats> stats =
      pipeline.QueueStatsOf(model);
  if (!stats.has_value()) return;
  samples.batches.Add(ToHistogram(stats->batches_by_size), labels);
  samples.dropped.Add(static_cast<double>(stats->expired),
                      with("reason", "expired"));
  samples.dropped.Add(static_cast<double>(stats->cancelled),
                      with("reason", "cancelled"));
}

}  // namespace

void AddModelMetrics(const OperatorParts& parts, Families& families) {
  Samples samples;
  for (const CatalogEntry& entry : parts.server.catalog.List()) {
    const MetricLabels labels = {{"model", entry.name},
                                 {"version", absl::StrCat(entry.version)}};
    for (const State& each : kStates) {
      MetricLabels with_state = labels;
      with_state.emplace_back("state", each.name);
      samples.state.Add(entry.state == each.state ? 1 : 0, with_state);
    }
    if (entry.model != nullptr) {
      AddReady(parts.server.pipeline, *entry.model, labels, samples);
    }
  }
  std::move(samples.state).MoveTo(families);
  std::move(samples.info).MoveTo(families);
  std::move(samples.wait).MoveTo(families);
  std::move(samples.depth).MoveTo(families);
  std::move(samples.limit).MoveTo(families);
  std::move(samples.time).MoveTo(families);
  std::move(samples.batches).MoveTo(families);
  std::move(samples.dropped).MoveTo(families);
  std::move(samples.damaged).MoveTo(families);
}

}  // namespace wanwu::ops
