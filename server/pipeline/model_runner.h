#pragma once

#include <span>
#include <utility>

#include "batching/clock.h"
#include "batching/dynamic_batcher.h"
#include "server/pipeline/answer_cache.h"
#include "server/pipeline/classify_job.h"
#include "server/pipeline/job_trace.h"
#include "server/pipeline/served_model.h"

namespace wanwu::pipeline {

// Runs the batches of one model on the lanes and finishes their jobs.
// Thread-safe: each lane uses its own replica.
class ModelRunner final : public batching::BatchRunner {
 public:
  // Model, clock and cache must outlive the runner. `on_traced_batch` may be
  // empty.
  ModelRunner(ServedModel& model, const batching::Clock& clock,
              AnswerCache& answers, OnTracedBatch on_traced_batch = {})
      : model_(model),
        clock_(clock),
        answers_(answers),
        on_traced_batch_(std::move(on_traced_batch)) {}

  void Run(int lane, std::span<const batching::JobPtr> batch) override;
  void Expire(const batching::JobPtr& job) override;
  batching::Clock::Duration ExpectedTime(int size) const noexcept override;

 private:
  void RunBatch(int lane, std::span<const batching::JobPtr> batch);
  void TellOfTraced(const BatchRun& run) const;
  void KeepFor(const ClassifyJob& job, const JobAnswer& answer) noexcept;

  ServedModel& model_;
  const batching::Clock& clock_;
  AnswerCache& answers_;
  const OnTracedBatch on_traced_batch_;
};

}  // namespace wanwu::pipeline
