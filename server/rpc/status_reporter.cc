#include "server/rpc/status_reporter.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "server/rpc/proto_duration.h"
#include "server/rpc/status_parts.h"

namespace wanwu::rpc {
namespace {

using wanwu::v1::ServerStatus;

void DescribeQueue(const pipeline::Admission& from, ServerStatus& to) {
  to.set_queue_depth(static_cast<int32_t>(from.jobs()));
  to.set_queue_capacity(static_cast<int32_t>(from.limits().max_jobs));
  to.set_queue_bytes(from.bytes());
  to.set_queue_bytes_capacity(from.limits().max_bytes);
}

int64_t PicturesIn(const std::vector<uint64_t>& batches_by_size) {
  uint64_t pictures = 0;
  for (size_t size = 0; size < batches_by_size.size(); ++size) {
    pictures += size * batches_by_size[size];
  }
  return static_cast<int64_t>(pictures);
}

void DescribeLatency(const metrics::LatencyCounts& from, ServerStatus& to) {
  if (from.total() == 0) return;
  wanwu::v1::LatencyPercentiles& latency = *to.mutable_latency();
  *latency.mutable_p50() = ToProto(*from.Percentile(0.50));
  *latency.mutable_p90() = ToProto(*from.Percentile(0.90));
  *latency.mutable_p95() = ToProto(*from.Percentile(0.95));
  *latency.mutable_p99() = ToProto(*from.Percentile(0.99));
}

void DescribeFigures(const metrics::Figures& from, ServerStatus& to) {
  *to.mutable_window() = ToProto(from.length);
  to.set_pictures_per_second(from.pictures_per_second);
  to.set_errors_per_second(from.errors_per_second);
  DescribeLatency(from.latencies, to);
  for (size_t size = 0; size < from.batches_by_size.size(); ++size) {
    if (from.batches_by_size[size] == 0) continue;
    wanwu::v1::BatchSizeCount& batches = *to.add_batch_sizes();
    batches.set_size(static_cast<int32_t>(size));
    batches.set_count(static_cast<int64_t>(from.batches_by_size[size]));
  }
  for (size_t i = 0; i < from.lane_utilisation.size(); ++i) {
    wanwu::v1::LaneStatus& lane = *to.add_lanes();
    lane.set_index(static_cast<int32_t>(i));
    lane.set_utilisation(from.lane_utilisation[i]);
  }
}

}  // namespace

ServerStatus::State ToProto(ServerState state) {
  switch (state) {
    case ServerState::kStarting:
      return ServerStatus::STATE_STARTING;
    case ServerState::kServing:
      return ServerStatus::STATE_SERVING;
    case ServerState::kDraining:
      return ServerStatus::STATE_DRAINING;
  }
  return ServerStatus::STATE_UNSPECIFIED;
}

// Half the interval between samples, so that a sample that comes a little
// early is kept.
StatusReporter::StatusReporter(const GrpcServerParts& parts)
    : parts_(parts), window_(kStatusWindow, kMaxSampleInterval / 2) {}

void StatusReporter::Sample() {
  const std::lock_guard lock(mutex_);
  if (window_.WouldKeep(parts_.clock.Now())) window_.Add(TakeSnapshot());
}

metrics::Snapshot StatusReporter::TakeSnapshot() const {
  const batching::BatchesBySize batches = parts_.pipeline.BatchesBySize();
  return {.time = parts_.clock.Now(),
          .answers = parts_.answers.Counts(),
          .batches_by_size = {batches.begin(), batches.end()},
          .lane_busy_times = parts_.pipeline.Lanes().busy_times};
}

ServerStatus StatusReporter::Report() {
  ServerStatus status;
  status.set_version(parts_.run.version);
  status.set_state(ToProto(parts_.run.state.load()));
  DescribeQueue(parts_.pipeline.admission(), status);
  DescribeTotals(parts_, status);
  DescribeMemory(parts_, status);
  DescribeModels(parts_, status);
  // Snapshots come in the order of their times.
  const std::lock_guard lock(mutex_);
  metrics::Snapshot now = TakeSnapshot();
  *status.mutable_uptime() = ToProto(now.time - parts_.run.started_at);
  status.set_pictures_total(static_cast<int64_t>(now.answers.pictures()));
  status.set_errors_total(static_cast<int64_t>(now.answers.errors));
  status.set_pictures_run_total(PicturesIn(now.batches_by_size));
  DescribeFigures(window_.Add(std::move(now)), status);
  return status;
}

}  // namespace wanwu::rpc
