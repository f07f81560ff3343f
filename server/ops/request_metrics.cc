#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "absl/status/status.h"
#include "server/errors/reasons.h"
#include "server/ops/metrics_of.h"

namespace wanwu::ops {
namespace {

using metrics::RequestCounters;
using prometheus::ClientMetric;

// What became of a request, coarser than its code.
const char* OutcomeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return "answered";
    case absl::StatusCode::kCancelled:
      return "cancelled";
    case absl::StatusCode::kDeadlineExceeded:
      return "expired";
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable:
      return "refused";
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return "invalid";
    default:
      return "failed";
  }
}

// Method, code, reason.
using Key = std::tuple<std::string, int, std::string>;

std::map<Key, double> EndedCounts(const RequestCounters& requests) {
  std::map<Key, double> counts;
  for (const std::string_view method : requests.methods()) {
    counts[{std::string(method), 0, ""}] = 0;
    for (const auto& [reason, code] : errors::kReasons) {
      counts[{std::string(method), static_cast<int>(code),
              std::string(reason)}] = 0;
    }
  }
  for (const auto& ended : requests.EndedCounts()) {
    counts[{std::string(ended.method), ended.code, std::string(ended.reason)}] =
        static_cast<double>(ended.count);
  }
  return counts;
}

ClientMetric::Histogram ToHistogram(const metrics::DurationCounts& counts) {
  ClientMetric::Histogram histogram;
  histogram.sample_sum = Seconds(counts.sum);
  for (size_t i = 0; i < metrics::kDurationBounds.size(); ++i) {
    histogram.sample_count += counts.buckets[i];
    histogram.bucket.push_back({.cumulative_count = histogram.sample_count,
                                .upper_bound = metrics::kDurationBounds[i]});
  }
  histogram.sample_count += counts.buckets.back();
  return histogram;
}

void AddTimes(const RequestCounters::Stages& stages, Families& families) {
  auto parts = MetricSamples::Histogram(
      "wanwu_stage_duration_seconds",
      "Where answered pictures' time went; the stages add up to "
      "wanwu_request_duration_seconds.");
  parts.Add(ToHistogram(stages.decode.Counts()), {{"stage", "decode"}});
  parts.Add(ToHistogram(stages.queue.Counts()), {{"stage", "queue"}});
  parts.Add(ToHistogram(stages.inference.Counts()), {{"stage", "inference"}});
  std::move(parts).MoveTo(families);
  auto total = MetricSamples::Histogram(
      "wanwu_request_duration_seconds",
      "From having all of an answered request to having its answer.");
  total.Add(ToHistogram(stages.total.Counts()));
  std::move(total).MoveTo(families);
}

}  // namespace

void AddRequestMetrics(const OperatorParts& parts, Families& families) {
  const RequestCounters& requests = parts.server.requests;
  // In this order: what has ended had come.
  const std::map<Key, double> ended = EndedCounts(requests);
  auto received = MetricSamples::Counter(
      "wanwu_requests_received_total",
      "Requests that came, a message of a stream being one.");
  double in_progress = 0;
  for (const auto& [method, count] : requests.ReceivedCounts()) {
    received.Add(static_cast<double>(count), {{"method", std::string(method)}});
    in_progress += static_cast<double>(count);
  }
  auto finished = MetricSamples::Counter(
      "wanwu_requests_total", "Requests that ended, by what came of them.");
  for (const auto& [key, count] : ended) {
    const auto& [method, number, reason] = key;
    const auto code = static_cast<absl::StatusCode>(number);
    finished.Add(count, {{"method", method},
                         {"outcome", OutcomeOf(code)},
                         {"code", absl::StatusCodeToString(code)},
                         {"reason", reason}});
    in_progress -= count;
  }
  std::move(received).MoveTo(families);
  std::move(finished).MoveTo(families);
  AddGauge("wanwu_requests_in_progress",
           "Requests that came and have not ended.", in_progress, families);
  AddTimes(requests.stages(), families);
}

}  // namespace wanwu::ops
