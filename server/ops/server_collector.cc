#include "server/ops/server_collector.h"

#include <prometheus/text_serializer.h>

#include <algorithm>

#include "server/ops/metrics_of.h"

namespace wanwu::ops {
namespace {

using std::chrono::system_clock;

system_clock::time_point StartTime(const OperatorParts& parts) {
  return system_clock::now() -
         std::chrono::duration_cast<system_clock::duration>(
             parts.server.clock.Now() - parts.server.run.started_at);
}

}  // namespace

ServerCollector::ServerCollector(const OperatorParts& parts)
    : parts_(parts), started_at_(StartTime(parts)) {}

ServerCollector::BusyTimes ServerCollector::NeverLess(const BusyTimes& now,
                                                      BusyTimes& before) {
  before.resize(now.size());
  std::transform(now.begin(), now.end(), before.begin(), before.begin(),
                 [](auto one, auto other) { return std::max(one, other); });
  return before;
}

std::vector<prometheus::MetricFamily> ServerCollector::Collect() const {
  const pipeline::ClassifyPipeline& pipeline = parts_.server.pipeline;
  Families families;
  AddRequestMetrics(parts_, families);
  AddQueueMetrics(parts_, families);
  AddModelMetrics(parts_, families);
  {
    const std::lock_guard lock(mutex_);
    const batching::LaneStats lanes = pipeline.Lanes();
    AddLaneMetrics(lanes, NeverLess(lanes.busy_times, lanes_), families);
    AddDecoderMetrics(
        NeverLess(pipeline.decoders().BusyTimes(), decoders_),
        NeverLess(pipeline.large_decoders().BusyTimes(), large_decoders_),
        families);
  }
  AddServerMetrics(parts_, families);
  AddProcessMetrics(started_at_, families);
  return families;
}

std::string ServerCollector::Render() const {
  return prometheus::TextSerializer().Serialize(Collect());
}

}  // namespace wanwu::ops
