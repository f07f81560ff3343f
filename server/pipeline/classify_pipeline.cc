#include "server/pipeline/classify_pipeline.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "server/errors/service_error.h"
#include "server/pipeline/job_errors.h"

namespace wanwu::pipeline {
namespace {

using batching::Clock;

// A cancelled job gives its place back at once but leaves an empty entry in
// its ring until that comes to the head; this much room is kept for them.
constexpr int64_t kRingSlotsPerPlace = 2;

size_t RingCapacity(const PipelineOptions& options) {
  return static_cast<size_t>(options.queue_capacity * kRingSlotsPerPlace);
}

DecodePoolOptions PoolOptions(const PipelineOptions& options) {
  return {.threads = options.decode_threads,
          .capacity = RingCapacity(options),
          .decode = options.decode};
}

}  // namespace

ClassifyPipeline::ClassifyPipeline(PipelineOptions options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      admission_({.max_jobs = options_.queue_capacity,
                  .max_bytes = options_.queue_bytes,
                  .lanes = options_.lanes}),
      batcher_({.lane_count = options_.lanes,
                .on_lane_start = options_.on_lane_start},
               clock),
      decode_pool_(PoolOptions(options_), clock,
                   [this](ClassifyJobPtr job) { Enqueue(std::move(job)); }) {
  RaiseDecodeAhead(1);
}

ClassifyPipeline::~ClassifyPipeline() { Drain(); }

absl::Status ClassifyPipeline::Install(std::shared_ptr<ServedModel> model) {
  const std::lock_guard lock(mutex_);
  ServedModel& served = *model;
  Installed& entry = installed_.emplace_back(
      Installed{std::move(model), ModelRunner(served, clock_)});
  const std::optional<batching::QueueId> queue =
      batcher_.AddQueue({.capacity = RingCapacity(options_),
                         .max_batch_size = served.batch_size(),
                         .max_queue_delay = options_.max_queue_delay},
                        entry.runner);
  if (!queue.has_value()) {
    installed_.pop_back();
    return absl::ResourceExhaustedError("too many models are being served");
  }
  served.SetQueue(*queue);
  RaiseDecodeAhead(served.batch_size());
  return absl::OkStatus();
}

void ClassifyPipeline::RaiseDecodeAhead(int batch_size) {
  DecodeAhead& ahead = decode_pool_.ahead();
  ahead.SetLimit(std::max(ahead.limit(), 2 * options_.lanes * batch_size));
}

absl::Status ClassifyPipeline::Submit(const ClassifyJobPtr& job) {
  const ServedModel& model = job->model();
  absl::StatusOr<AdmissionTicket> ticket = admission_.TryAdmit(
      {.encoded_bytes = static_cast<int64_t>(job->picture().bytes.size()),
       .image_cost = model.image_cost(),
       .service_time = model.single_time(),
       .now = clock_.Now(),
       .deadline = job->deadline()});
  if (!ticket.ok()) return ticket.status();
  job->Admit(*std::move(ticket));
  if (decode_pool_.Submit(job)) return absl::OkStatus();
  job->Admit({});
  return admission_.RingFullError();
}

void ClassifyPipeline::Cancel(ClassifyJob& job) {
  if (job.Cancel() == batching::CancelOutcome::kCancelled) {
    job.Finish(CancelledError());
  }
}

batching::BatchesBySize ClassifyPipeline::BatchesBySize() {
  batching::BatchesBySize sum{};
  const std::lock_guard lock(mutex_);
  for (const Installed& entry : installed_) {
    const std::optional<batching::QueueStats> stats =
        batcher_.Stats(entry.model->queue());
    if (!stats.has_value()) continue;
    std::transform(sum.begin(), sum.end(), stats->batches_by_size.begin(),
                   sum.begin(), std::plus<>());
  }
  return sum;
}

void ClassifyPipeline::Enqueue(ClassifyJobPtr job) {
  const batching::SubmitResult result =
      batcher_.Submit(job->model().queue(), job->priority(), job);
  if (result == batching::SubmitResult::kQueued) return;
  // The job waits, so its caller may be cancelling it: whoever takes it
  // finishes it.
  if (!job->TryTake()) return;
  job->Finish(result == batching::SubmitResult::kFull
                  ? admission_.RingFullError()
                  : admission_.DrainingError());
}

void ClassifyPipeline::Drain() {
  admission_.Close();
  // A Submit under way may still hand over a job that was admitted before.
  while (!admission_.WaitUntilIdle(Clock::TimePoint::max())) {
  }
  // Decoding ends first, since it feeds the lanes.
  decode_pool_.Drain();
  batcher_.Drain();
}

}  // namespace wanwu::pipeline
