#pragma once

#include <chrono>
#include <vector>

#include "batching/clock.h"
#include "server/ops/metric_families.h"
#include "server/ops/operator_parts.h"
#include "server/ops/seconds.h"

// The server's figures by what they are of, each as metric families.
namespace wanwu::ops {

using BusyTimes = std::vector<batching::Clock::Duration>;

// request_metrics.cc
void AddRequestMetrics(const OperatorParts& parts, Families& families);
// queue_metrics.cc
void AddQueueMetrics(const OperatorParts& parts, Families& families);
// model_metrics.cc
void AddModelMetrics(const OperatorParts& parts, Families& families);
// worker_metrics.cc
void AddLaneMetrics(const batching::LaneStats& lanes, const BusyTimes& times,
                    Families& families);
void AddDecoderMetrics(const BusyTimes& times, const BusyTimes& large_times,
                       Families& families);
// process_metrics.cc
void AddServerMetrics(const OperatorParts& parts, Families& families);
void AddProcessMetrics(std::chrono::system_clock::time_point started_at,
                       Families& families);

}  // namespace wanwu::ops
