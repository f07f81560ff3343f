#pragma once

#include <span>
#include <utility>

#include "batching/clock.h"
#include "batching/dynamic_batcher.h"
#include "server/pipeline/classify_job.h"
#include "server/pipeline/job_trace.h"
#include "server/pipeline/served_model.h"

namespace wanwu::pipeline {

// Runs the batches of one model on the lanes and finishes their jobs.
// Thread-safe: each lane uses its own replica.
class ModelRunner final : public batching::BatchRunner {
 public:
  // Model and clock must outlive the runner. `on_traced_batch` may be empty.
  ModelRunner(ServedModel& model, const batching::Clock& clock,
              OnTracedBatch on_traced_batch = {})
      : model_(model),
        clock_(clock),
        on_traced_batch_(std::move(on_traced_batch)) {}

  void Run(int lane, std::span<const batching::JobPtr> batch) override;
  void Expire(const batching::JobPtr& job) override;
  batching::Clock::Duration ExpectedTime(int size) const noexcept override;

 private:
  void RunBatch(int lane, std::span<const batching::JobPtr> batch);
  void TellOfTraced(const BatchRun& run) const;

  ServedModel& model_;
  const batching::Clock& clock_;
  const OnTracedBatch on_traced_batch_;
};

}  // namespace wanwu::pipeline
