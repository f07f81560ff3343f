#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "batching/clock.h"
#include "server/ops/operator_parts.h"

namespace wanwu::ops {

// The server's figures for Prometheus, read when it asks from what the server
// counts anyway. Every series that can be is there from the start, at zero.
// docs/operations.md says what each means. Thread-safe.
class ServerCollector final : public prometheus::Collectable {
 public:
  // Begins when the process does, or soon after.
  explicit ServerCollector(const OperatorParts& parts);

  std::vector<prometheus::MetricFamily> Collect() const override;

  // In the text format 0.0.4.
  std::string Render() const;

 private:
  using BusyTimes = std::vector<batching::Clock::Duration>;

  // A busy time may be read a moment too long, and less the next time, which
  // would look like a restart: gives what was given before.
  static BusyTimes NeverLess(const BusyTimes& now, BusyTimes& before);

  const OperatorParts& parts_;
  const std::chrono::system_clock::time_point started_at_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  mutable BusyTimes lanes_;
  mutable BusyTimes decoders_;
  mutable BusyTimes large_decoders_;
};

}  // namespace wanwu::ops
