#include "server/pipeline/model_runner.h"

#include <string>
#include <utility>
#include <vector>

#include "server/errors/service_error.h"
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

void FinishWithLogits(ClassifyJob& job, std::span<const float> logits,
                      Clock::TimePoint now) {
  job.timings().total = now - job.arrival();
  job.Finish(JobAnswer{{logits.begin(), logits.end()}, job.timings()});
}

}  // namespace

void ModelRunner::Run(int lane, std::span<const batching::JobPtr> batch) {
  const size_t classes = static_cast<size_t>(model_.class_count());
  std::vector<const image::PixelTensor*> pictures;
  std::vector<float> logits(batch.size() * classes);
  const Clock::TimePoint start = clock_.Now();
  for (const auto& entry : batch) {
    ClassifyJob& job = AsClassifyJob(entry);
    job.ReleaseDecodeCredit();
    job.timings().queue = start - job.arrival() - job.timings().decode;
    job.timings().batch_size = static_cast<int>(batch.size());
    pictures.push_back(&job.tensor());
  }

  const absl::Status status = model_.replica(lane).Classify(pictures, logits);

  const Clock::TimePoint end = clock_.Now();
  const std::span<const float> all(logits);
  for (size_t i = 0; i < batch.size(); ++i) {
    ClassifyJob& job = AsClassifyJob(batch[i]);
    job.timings().inference = end - start;
    if (status.ok()) {
      FinishWithLogits(job, all.subspan(i * classes, classes), end);
    } else {
      job.Finish(InferenceError(status));
    }
  }
}

void ModelRunner::Expire(const batching::JobPtr& job) {
  AsClassifyJob(job).Finish(DeadlineExceededError());
}

}  // namespace wanwu::pipeline
