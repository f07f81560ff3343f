#pragma once

#include <cstdint>
#include <vector>

#include "batching/clock.h"
#include "server/metrics/answer_counters.h"

namespace wanwu::metrics {

// What had happened since the server's start at one moment. Everything only
// grows, so that two snapshots tell what came between.
struct Snapshot {
  batching::Clock::TimePoint time;
  AnswerCounts answers;
  // Index: batch size.
  std::vector<std::uint64_t> batches_by_size;
  // At work. Index: lane.
  std::vector<batching::Clock::Duration> lane_busy_times;
};

// What came between two snapshots.
struct Figures {
  batching::Clock::Duration length{};
  // Zero if the length is.
  double pictures_per_second = 0;
  double errors_per_second = 0;
  LatencyCounts latencies;
  // Index: batch size.
  std::vector<std::uint64_t> batches_by_size;
  // 0 … 1. Index: lane.
  std::vector<double> lane_utilisation;
};

// Both must be of the same server, `from` not younger than `to`.
Figures Between(const Snapshot& from, const Snapshot& to);

}  // namespace wanwu::metrics
