#include "server/pipeline/decode_stage.h"

#include <new>
#include <optional>
#include <utility>

#include "server/errors/service_error.h"
#include "server/image/decode.h"
#include "server/image/raw_picture.h"
#include "server/pipeline/job_errors.h"
#include "server/pipeline/served_model.h"

namespace wanwu::pipeline {
namespace {

using batching::Clock;
using batching::Priority;

absl::StatusOr<image::PixelTensor> ReadAndPrepare(
    const EncodedPicture& picture, const model::Classifier& classifier) {
  absl::StatusOr<image::PixelTensor> tensor =
      image::ReadRaw(picture.bytes, picture.form, classifier.tensor_spec());
  if (!tensor.ok() || tensor->normalised.empty()) return tensor;
  try {
    classifier.Prepare(*tensor);
    return tensor;
  } catch (const std::bad_alloc&) {
    return errors::OutOfMemory();
  }
}

}  // namespace

DecodeStage::DecodeStage(DecodeStageOptions options, const Clock& clock,
                         DecodeEstimate& estimate,
                         DecodeQueue::MostAhead most_ahead, Forward forward,
                         std::function<void()> wake)
    : options_(std::move(options)),
      clock_(clock),
      estimate_(estimate),
      forward_(std::move(forward)),
      wake_(std::move(wake)),
      queue_(std::move(most_ahead), wake_),
      workers_(options_.workers.size()) {}

void DecodeStage::Submit(ClassifyJobPtr job) {
  queue_.Push(std::move(job));
  wake_();
}

size_t DecodeStage::Waiting(batching::BatchKind kind) const noexcept {
  return queue_.Waiting(kind);
}

bool DecodeStage::Feed(int worker) noexcept {
  std::optional<DecodeQueue::Granted> granted = queue_.Pop();
  if (!granted) return false;
  // One wake-up may have been for several jobs.
  if (queue_.HasWork()) wake_();
  Decode(*std::move(granted), workers_[static_cast<size_t>(worker)]);
  return true;
}

void DecodeStage::ListThreadsAtWork(
    std::vector<batching::ThreadAtWork>& threads) const {
  for (size_t i = 0; i < workers_.size(); ++i) {
    if (const auto since = workers_[i].mark.since()) {
      threads.push_back({options_.workers[i], *since});
    }
  }
}

std::vector<Clock::Duration> DecodeStage::BusyTimes() const {
  std::vector<Clock::Duration> times;
  for (const Worker& worker : workers_) {
    times.push_back(worker.busy.Total(clock_));
  }
  return times;
}

void DecodeStage::Decode(DecodeQueue::Granted granted, Worker& worker) {
  ClassifyJob& job = *granted.job;
  if (job.LatestInference() <= clock_.Now() + job.cost().decode) {
    return job.Finish(DeadlineExceededError());
  }
  if (AnswerFromKept(job, worker)) return;
  std::optional<MemoryGate::Hold> memory;
  if (options_.memory != nullptr) {
    memory.emplace(*options_.memory, job.cost().picture.decoder_bytes);
  }
  const Clock::TimePoint start = clock_.Now();
  worker.busy.Begin(start);
  absl::StatusOr<image::PixelTensor> tensor = DecodeInTime(job, worker.mark);
  const Clock::TimePoint end = clock_.Now();
  worker.busy.End(end);
  job.timings().decode_start = start;
  job.timings().decode = end - start;
  memory.reset();
  if (!tensor.ok()) {
    if (!absl::IsCancelled(tensor.status())) return job.Finish(tensor.status());
    return job.Finish(job.cancel_requested() ? CancelledError()
                                             : DeadlineExceededError());
  }
  job.SetDecoded(*std::move(tensor), std::move(granted.credit));
  const Priority priority = job.LanePriority(granted.first);
  if (!job.TryRelease()) return job.Finish(CancelledError());
  forward_(std::move(granted.job), priority);
}

bool DecodeStage::AnswerFromKept(ClassifyJob& job, Worker& worker) {
  AnswerCache* const answers = options_.answers;
  if (answers == nullptr || !answers->enabled()) return false;
  const Clock::TimePoint start = clock_.Now();
  const batching::AtWork at_work(worker.mark, start);
  worker.busy.Begin(start);
  const bool kept = answers->LookUp(job);
  const Clock::TimePoint end = clock_.Now();
  worker.busy.End(end);
  if (!kept) {
    answers->CountMiss();
    return false;
  }
  absl::StatusOr<JobAnswer> answer = errors::OutOfMemory();
  try {
    answer = job.AnswerFromKept(end);
  } catch (const std::bad_alloc&) {
  }
  answers->CountHit();
  job.Finish(std::move(answer));
  return true;
}

// CANCELLED when nobody waits for the picture any more.
absl::StatusOr<image::PixelTensor> DecodeStage::DecodeInTime(
    const ClassifyJob& job, batching::WorkMark& mark) const {
  const batching::AtWork at_work(mark, clock_.Now());
  const Clock::TimePoint end = job.LatestInference();
  const auto should_stop = [&job, &mark, this, end] {
    const Clock::TimePoint now = clock_.Now();
    mark.Begin(now);
    return job.cancel_requested() || end <= now;
  };
  const Clock::Duration start = clock_.ThreadTime();
  const EncodedPicture& picture = job.picture();
  absl::StatusOr<image::PixelTensor> tensor =
      picture.form == image::PictureForm::kEncoded
          ? image::DecodePicture(picture.bytes, job.model().tensor_spec(),
                                 options_.decode, std::cref(should_stop))
          : ReadAndPrepare(picture, job.model().classifier());
  if (tensor.ok()) {
    estimate_.Observe(job.cost().picture, clock_.ThreadTime() - start);
  }
  return tensor;
}

}  // namespace wanwu::pipeline
