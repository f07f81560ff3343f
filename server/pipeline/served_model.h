#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "batching/clock.h"
#include "batching/dynamic_batcher.h"
#include "server/model/batch_timing.h"
#include "server/model/classifier.h"
#include "server/model/live_batch_times.h"
#include "server/model/package.h"
#include "server/model/precision_choice.h"
#include "server/pipeline/model_counters.h"

namespace wanwu::pipeline {

// One model version that is being served: what it is, its weights, and one
// replica per lane.
class ServedModel {
 public:
  ServedModel(model::Package package, model::PrecisionChoice precision,
              std::unique_ptr<model::Classifier> classifier)
      : package_(std::move(package)),
        precision_(std::move(precision)),
        classifier_(std::move(classifier)) {}
  ServedModel(const ServedModel&) = delete;
  ServedModel& operator=(const ServedModel&) = delete;

  const model::Package& package() const { return package_; }
  const model::PrecisionChoice& precision() const { return precision_; }
  const model::Classifier& classifier() const { return *classifier_; }
  int class_count() const { return classifier_->class_count(); }
  image::TensorSpec tensor_spec() const { return classifier_->tensor_spec(); }

  // Before any lane makes its replica.
  void SetLaneCount(int lanes) { replicas_.resize(static_cast<size_t>(lanes)); }

  // On the lane's thread. Replaces nothing: called once per lane.
  [[nodiscard]] absl::Status MakeReplica(int lane);

  // On the lane's thread, after MakeReplica.
  model::Replica& replica(int lane) {
    return *replicas_[static_cast<size_t>(lane)];
  }

  // Measured t(b) and the batch size chosen from it, before the model gets
  // jobs. From then on t(b) follows the batches that run.
  void SetBatchPlan(const std::vector<model::BatchTime>& times, int batch_size);
  void ObserveBatch(int size, batching::Clock::Duration cpu_time,
                    batching::Clock::Duration elapsed);
  std::vector<model::BatchTime> batch_times() const {
    return batch_times_.Known();
  }

  ModelCounters& counters() { return counters_; }
  const ModelCounters& counters() const { return counters_; }

  // The largest batch. Changed by ClassifyPipeline::SetBatchSize only.
  int batch_size() const { return batch_size_.load(); }
  void set_batch_size(int size) { batch_size_.store(size); }

  // A lane's CPU time for one picture in a full batch, and how long a batch
  // takes of late. Zero before SetBatchPlan.
  batching::Clock::Duration PictureTime() const;
  batching::Clock::Duration ElapsedTime(int size) const;

  // Set by the pipeline when the model is installed.
  void SetQueue(batching::QueueId queue) { queue_ = queue; }
  batching::QueueId queue() const { return *queue_; }

 private:
  const model::Package package_;
  const model::PrecisionChoice precision_;
  // Before the replicas, which use its weights.
  const std::unique_ptr<model::Classifier> classifier_;
  std::vector<std::unique_ptr<model::Replica>> replicas_;
  model::LiveBatchTimes batch_times_;
  ModelCounters counters_;
  std::atomic<int> batch_size_{1};
  std::optional<batching::QueueId> queue_;
};

}  // namespace wanwu::pipeline
