#include "server/app/lane_work.h"

#include <mutex>

#include "batching/clock.h"
#include "server/model/grey_batch.h"

namespace wanwu::app {

absl::Status OnEveryLane(pipeline::ClassifyPipeline& pipeline,
                         const std::function<absl::Status(int lane)>& work) {
  std::mutex mutex;
  absl::Status first_error;
  const bool ran = pipeline.RunOnEveryLane([&](int lane) {
    const absl::Status status = work(lane);
    const std::lock_guard lock(mutex);
    first_error.Update(status);
  });
  if (!ran) return absl::CancelledError("the server is stopping");
  return first_error;
}

absl::StatusOr<GreyBatchTime> TimeGreyBatch(
    pipeline::ServedModel& model, int size,
    pipeline::ClassifyPipeline& pipeline) {
  const batching::Clock& clock = pipeline.clock();
  GreyBatchTime time;
  const absl::Status status = OnEveryLane(pipeline, [&](int lane) {
    const auto start = clock.Now();
    const auto cpu_start = clock.ThreadTime();
    absl::Status run =
        model::RunGreyBatch(model.classifier(), model.replica(lane), size);
    if (lane == 0) time = {clock.ThreadTime() - cpu_start, clock.Now() - start};
    return run;
  });
  if (!status.ok()) return status;
  return time;
}

}  // namespace wanwu::app
