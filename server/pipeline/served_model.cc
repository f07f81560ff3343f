#include "server/pipeline/served_model.h"

#include <utility>

namespace wanwu::pipeline {

absl::Status ServedModel::MakeReplica(int lane) {
  absl::StatusOr<std::unique_ptr<model::Replica>> replica =
      classifier_->NewReplica();
  if (!replica.ok()) return replica.status();
  replicas_[static_cast<size_t>(lane)] = *std::move(replica);
  return absl::OkStatus();
}

void ServedModel::SetBatchPlan(std::vector<model::BatchTime> times,
                               int batch_size) {
  batch_times_ = std::move(times);
  batch_size_ = batch_size;
  for (const model::BatchTime& time : batch_times_) {
    if (time.size == 1) single_time_ = time.duration;
    if (time.size <= batch_size) image_cost_ = time.duration / time.size;
  }
}

}  // namespace wanwu::pipeline
