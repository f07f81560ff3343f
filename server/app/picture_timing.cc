#include "server/app/picture_timing.h"

#include <memory>

#include "batching/clock.h"
#include "server/model/batch_timing.h"
#include "server/model/grey_batch.h"

namespace wanwu::app {

using std::chrono::nanoseconds;

absl::StatusOr<nanoseconds> TimeOnePicture(model::Classifier& classifier) {
  constexpr int kWarmUpRuns = 2;
  constexpr std::chrono::milliseconds kBudget{300};
  absl::StatusOr<std::unique_ptr<model::Replica>> replica =
      classifier.NewReplica();
  if (!replica.ok()) return replica.status();
  const batching::SteadyClock clock;
  const auto run = [&](int size) -> absl::StatusOr<nanoseconds> {
    const auto start = clock.ThreadTime();
    const absl::Status status =
        model::RunGreyBatch(classifier, **replica, size);
    if (!status.ok()) return status;
    return clock.ThreadTime() - start;
  };
  for (int i = 0; i < kWarmUpRuns; ++i) {
    if (const auto warm = run(1); !warm.ok()) return warm.status();
  }
  const auto times = model::MeasureBatchTimes(
      run, [&] { return clock.Now(); }, {.max_batch = 1, .budget = kBudget});
  if (!times.ok()) return times.status();
  return times->front().duration;
}

}  // namespace wanwu::app
