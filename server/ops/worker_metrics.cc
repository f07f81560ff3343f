#include <numeric>

#include "absl/strings/str_cat.h"
#include "server/ops/metrics_of.h"

namespace wanwu::ops {
namespace {

double SumOf(const BusyTimes& times) {
  return Seconds(std::accumulate(times.begin(), times.end(),
                                 batching::Clock::Duration::zero()));
}

}  // namespace

void AddLaneMetrics(const batching::LaneStats& lanes, const BusyTimes& times,
                    Families& families) {
  AddGauge("wanwu_lanes", "Threads that run models.", lanes.lanes, families);
  AddGauge("wanwu_lanes_busy", "Of those, at work when this was asked.",
           lanes.busy, families);
  auto busy = MetricSamples::Counter("wanwu_lane_busy_seconds_total",
                                     "Time that a lane spent running batches, "
                                     "and decoding if lanes do.");
  for (size_t i = 0; i < times.size(); ++i) {
    busy.Add(Seconds(times[i]), {{"lane", absl::StrCat(i)}});
  }
  std::move(busy).MoveTo(families);
}

void AddDecoderMetrics(const BusyTimes& times, const BusyTimes& large_times,
                       Families& families) {
  auto threads =
      MetricSamples::Gauge("wanwu_decoders", "Threads that decode pictures.");
  threads.Add(static_cast<double>(times.size()), {{"pool", "ordinary"}});
  threads.Add(static_cast<double>(large_times.size()), {{"pool", "large"}});
  std::move(threads).MoveTo(families);
  auto busy =
      MetricSamples::Counter("wanwu_decoder_busy_seconds_total",
                             "Time that they spent decoding, together.");
  busy.Add(SumOf(times), {{"pool", "ordinary"}});
  busy.Add(SumOf(large_times), {{"pool", "large"}});
  std::move(busy).MoveTo(families);
}

}  // namespace wanwu::ops
