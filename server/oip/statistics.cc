#include "server/oip/statistics.h"

#include <chrono>

namespace wanwu::oip {
namespace {

using Sum = pipeline::ModelCounters::Sum;

void Fill(const Sum& from, inference::StatisticDuration& to) {
  to.set_count(from.count);
  to.set_ns(from.ns);
}

}  // namespace

inference::ModelStatistics DescribeStatistics(
    const pipeline::ModelCounters::Copy& counts, const rpc::WallTime& wall) {
  inference::ModelStatistics out;
  inference::InferStatistics& sums = *out.mutable_inference_stats();
  Fill({counts.answered.count + counts.cached.count,
        counts.answered.ns + counts.cached.ns},
       *sums.mutable_success());
  Fill(counts.failed, *sums.mutable_fail());
  Fill(counts.queue, *sums.mutable_queue());
  Fill(counts.decode, *sums.mutable_compute_input());
  Fill(counts.inference, *sums.mutable_compute_infer());
  Fill({counts.answered.count, 0}, *sums.mutable_compute_output());
  Fill(counts.cached, *sums.mutable_cache_hit());
  // How long the looking took is not measured.
  Fill({counts.not_cached, 0}, *sums.mutable_cache_miss());
  uint64_t pictures = 0;
  uint64_t batches = 0;
  for (size_t size = 1; size < counts.batches.size(); ++size) {
    const Sum& batch = counts.batches[size];
    if (batch.count == 0) continue;
    pictures += size * batch.count;
    batches += batch.count;
    inference::InferBatchStatistics& stats = *out.add_batch_stats();
    stats.set_batch_size(size);
    Fill({batch.count, 0}, *stats.mutable_compute_input());
    Fill(batch, *stats.mutable_compute_infer());
    Fill({batch.count, 0}, *stats.mutable_compute_output());
  }
  out.set_inference_count(pictures);
  out.set_execution_count(batches);
  if (batches > 0) {
    using std::chrono::milliseconds;
    out.set_last_inference(
        static_cast<uint64_t>(std::chrono::duration_cast<milliseconds>(
                                  wall(counts.last).time_since_epoch())
                                  .count()));
  }
  return out;
}

}  // namespace wanwu::oip
