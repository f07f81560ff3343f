#include "server/pipeline/served_model.h"

#include <utility>

namespace wanwu::pipeline {

using batching::Clock;

absl::Status ServedModel::MakeReplica(int lane) {
  absl::StatusOr<std::unique_ptr<model::Replica>> replica =
      classifier_->NewReplica();
  if (!replica.ok()) return replica.status();
  replicas_[static_cast<size_t>(lane)] = *std::move(replica);
  return absl::OkStatus();
}

void ServedModel::SetBatchPlan(const std::vector<model::BatchTime>& times,
                               int batch_size) {
  batch_times_.Start(times);
  batch_size_.store(batch_size);
}

void ServedModel::ObserveBatch(int size, Clock::Duration cpu_time,
                               Clock::Duration elapsed) {
  batch_times_.Observe(size, cpu_time, elapsed);
}

Clock::Duration ServedModel::PictureTime() const {
  const int size = batch_size();
  return batch_times_.CpuTime(size) / size;
}

Clock::Duration ServedModel::ElapsedTime(int size) const {
  return batch_times_.ElapsedTime(size);
}

}  // namespace wanwu::pipeline
