#pragma once

#include <span>

#include "batching/clock.h"
#include "batching/dynamic_batcher.h"
#include "server/pipeline/classify_job.h"
#include "server/pipeline/served_model.h"

namespace wanwu::pipeline {

// Runs the batches of one model on the lanes and finishes their jobs.
// Thread-safe: each lane uses its own replica.
class ModelRunner final : public batching::BatchRunner {
 public:
  // Both must outlive the runner.
  ModelRunner(ServedModel& model, const batching::Clock& clock)
      : model_(model), clock_(clock) {}

  void Run(int lane, std::span<const batching::JobPtr> batch) override;
  void Expire(const batching::JobPtr& job) override;
  batching::Clock::Duration ExpectedTime(int size) const noexcept override;

 private:
  void RunBatch(int lane, std::span<const batching::JobPtr> batch);

  ServedModel& model_;
  const batching::Clock& clock_;
};

}  // namespace wanwu::pipeline
