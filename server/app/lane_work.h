#pragma once

#include <chrono>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/served_model.h"

namespace wanwu::app {

// Runs `work` once on each lane, between its batches, and waits for all. The
// first error, or CANCELLED once the pipeline drains.
absl::Status OnEveryLane(pipeline::ClassifyPipeline& pipeline,
                         const std::function<absl::Status(int lane)>& work);

struct GreyBatchTime {
  std::chrono::nanoseconds cpu_time{};
  std::chrono::nanoseconds elapsed{};
};

// Has every lane run one batch of `size` grey pictures, all at once as under
// load, and says how long the first lane took. `model` has its replicas. Also
// warms that size up: the first run of a size builds what the others use.
absl::StatusOr<GreyBatchTime> TimeGreyBatch(
    pipeline::ServedModel& model, int size,
    pipeline::ClassifyPipeline& pipeline);

}  // namespace wanwu::app
