#include "server/pipeline/model_runner.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "server/errors/service_error.h"
#include "server/model/top_k.h"
#include "server/pipeline/job_errors.h"

namespace wanwu::pipeline {
namespace {

using batching::Clock;

ClassifyJob& AsClassifyJob(const batching::JobPtr& job) {
  return static_cast<ClassifyJob&>(*job);
}

absl::Status InferenceError(const absl::Status& cause) {
  return errors::ServiceError(absl::StatusCode::kInternal,
                              errors::kInferenceFailed,
                              std::string(cause.message()));
}

void FinishAll(std::span<const batching::JobPtr> batch,
               const absl::Status& status) {
  for (const auto& job : batch) AsClassifyJob(job).Finish(status);
}

}  // namespace

void ModelRunner::Run(int lane, std::span<const batching::JobPtr> batch) {
  try {
    RunBatch(lane, batch);
  } catch (const std::bad_alloc&) {
    FinishAll(batch, errors::OutOfMemory());
  }
}

void ModelRunner::RunBatch(int lane, std::span<const batching::JobPtr> batch) {
  const size_t classes = static_cast<size_t>(model_.class_count());
  const int size = static_cast<int>(batch.size());
  std::vector<const image::PixelTensor*> pictures;
  std::vector<float> logits(batch.size() * classes);
  std::vector<JobAnswer> answers(batch.size());
  const Clock::TimePoint start = clock_.Now();
  const Clock::Duration cpu_start = clock_.ThreadTime();
  bool traced = false;
  for (size_t i = 0; i < batch.size(); ++i) {
    ClassifyJob& job = AsClassifyJob(batch[i]);
    job.ReleaseDecodeCredit();
    job.timings().queue = start - job.arrival() - job.timings().decode;
    job.timings().batch_size = size;
    job.timings().inference_start = start;
    traced = traced || job.trace().set();
    pictures.push_back(&job.tensor());
    answers[i].logits.resize(classes);
    answers[i].warnings = job.TakeWarnings();
  }

  const absl::Status status = model_.replica(lane).Classify(pictures, logits);

  const Clock::TimePoint end = clock_.Now();
  if (traced) {
    TellOfTraced({.model = model_,
                  .lane = lane,
                  .start = start,
                  .end = end,
                  .ok = status.ok(),
                  .jobs = batch});
  }
  if (!status.ok()) return FinishAll(batch, InferenceError(status));
  model_.ObserveBatch(size, clock_.ThreadTime() - cpu_start, end - start);
  model_.counters().AddBatch(size, end - start, end);
  // From here on nothing can fail: part of the jobs may be finished.
  for (size_t i = 0; i < batch.size(); ++i) {
    ClassifyJob& job = AsClassifyJob(batch[i]);
    job.timings().inference = end - start;
    job.timings().total = end - job.arrival();
    std::copy_n(logits.begin() + static_cast<ptrdiff_t>(i * classes), classes,
                answers[i].logits.begin());
    KeepFor(job, answers[i]);
    answers[i].timings = job.timings();
    job.Finish(std::move(answers[i]));
  }
}

void ModelRunner::KeepFor(const ClassifyJob& job,
                          const JobAnswer& answer) noexcept {
  // What is no answer in the end is not kept.
  if (job.answer_key().has_value() && model::CheckLogits(answer.logits).ok()) {
    answers_.Keep(*job.answer_key(), answer);
  }
}

void ModelRunner::TellOfTraced(const BatchRun& run) const {
  if (!on_traced_batch_) return;
  const TraceMark mark = on_traced_batch_(run);
  for (const auto& job : run.jobs) AsClassifyJob(job).SetBatchTrace(mark);
}

Clock::Duration ModelRunner::ExpectedTime(int size) const noexcept {
  return model_.ElapsedTime(size);
}

void ModelRunner::Expire(const batching::JobPtr& job) {
  AsClassifyJob(job).Finish(DeadlineExceededError());
}

}  // namespace wanwu::pipeline
