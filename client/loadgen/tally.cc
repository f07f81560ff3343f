#include "client/loadgen/tally.h"

namespace wanwu::loadgen {

void Tally::Append(const Tally& next) {
  to = next.to;
  sent += next.sent;
  shed += next.shed;
  answered += next.answered;
  failed += next.failed;
  for (const auto& [kind, count] : next.errors) errors[kind] += count;
  latency.Merge(next.latency);
  lateness.Merge(next.lateness);
  arrived += next.arrived;
  arrived_in_time += next.arrived_in_time;
  for (const auto& [size, count] : next.batch_sizes) batch_sizes[size] += count;
  stages.decode.Merge(next.stages.decode);
  stages.queue.Merge(next.stages.queue);
  stages.inference.Merge(next.stages.inference);
  stages.total.Merge(next.stages.total);
  if (!next.model.empty()) model = next.model;
}

}  // namespace wanwu::loadgen
