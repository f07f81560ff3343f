#include "server/pipeline/classify_job.h"

#include <utility>

#include "server/pipeline/served_model.h"

namespace wanwu::pipeline {

using batching::Clock;
using batching::Priority;

namespace {

size_t PixelBytes(const image::PixelTensor& tensor) {
  return static_cast<size_t>(tensor.width) *
         static_cast<size_t>(tensor.height) * 3;
}

}  // namespace

Clock::TimePoint ClassifyJob::LatestInference() const {
  if (deadline() == Clock::TimePoint::max()) return deadline();
  return deadline() - model_->ElapsedTime(1);
}

Priority ClassifyJob::LanePriority(bool first) const {
  const Priority priority = share_.priority;
  return first && priority == Priority::kInteractive ? Priority::kFirst
                                                     : priority;
}

void ClassifyJob::SetDecoded(image::PixelTensor tensor, DecodeCredit credit) {
  picture_ = {};
  if (tensor.size_bytes() <= PixelBytes(tensor)) ticket_.ReleaseBytes();
  tensor_ = std::move(tensor);
  decode_credit_ = std::move(credit);
}

JobAnswer ClassifyJob::AnswerFromKept(Clock::TimePoint now) const {
  return {.logits = kept_answer_->logits,
          .warnings = kept_answer_->warnings,
          .timings = {.total = now - arrival()},
          .cached = true};
}

Clock::Duration ClassifyJob::WorkDone() const {
  if (cached()) return Clock::Duration::zero();
  if (outcome_.ok()) return cost_.work();
  return timings_.decode > Clock::Duration::zero() ? cost_.decode
                                                   : Clock::Duration::zero();
}

void ClassifyJob::Count(ModelCounters& counters) const {
  if (outcome_.ok() && !outcome_->warnings.empty()) counters.AddDamaged();
  if (cached()) return counters.AddCached(outcome_->timings.total);
  const ModelCounters::Times times = {.decode = timings_.decode,
                                      .queue = timings_.queue,
                                      .inference = timings_.inference};
  if (outcome_.ok()) {
    if (answer_key_.has_value()) counters.AddNotCached();
    counters.AddAnswered(times);
  } else {
    counters.AddFailed(times);
  }
}

void ClassifyJob::Finish(absl::StatusOr<JobAnswer> outcome) {
  outcome_ = std::move(outcome);
  if (model_ != nullptr) Count(model_->counters());
  picture_ = {};
  tensor_ = {};
  kept_answer_ = nullptr;
  decode_credit_.Release();
  ticket_.Release(WorkDone());
  // Last: the listener may drop its reference and, with it, the job.
  listener_.OnJobDone();
}

}  // namespace wanwu::pipeline
