#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "server/metrics/latency_histogram.h"

namespace wanwu::metrics {

struct AnswerCounts {
  // Of the pictures answered without an error.
  LatencyCounts latencies;
  std::uint64_t errors = 0;

  // Answered, errors included.
  [[nodiscard]] std::uint64_t pictures() const {
    return latencies.total() + errors;
  }
};

// Counts every picture once, when it is answered; since its making, never
// backwards. Thread-safe. The price is one relaxed fetch_add
// per picture: only the pollers count, which are few, and a picture takes a
// lane milliseconds.
class AnswerCounters {
 public:
  // From the server having the whole request to its answer being ready.
  void AddAnswer(std::chrono::nanoseconds latency) noexcept {
    latencies_.Add(latency);
  }

  // Refused, not decodable, failed, too late, or given up by its caller.
  void AddError() noexcept { errors_.fetch_add(1, std::memory_order_relaxed); }

  [[nodiscard]] AnswerCounts Counts() const noexcept {
    return {latencies_.Counts(), errors_.load(std::memory_order_relaxed)};
  }

 private:
  LatencyHistogram latencies_;
  std::atomic<std::uint64_t> errors_{0};
};

}  // namespace wanwu::metrics
