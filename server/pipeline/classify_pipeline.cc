#include "server/pipeline/classify_pipeline.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batching/lane.h"
#include "server/errors/service_error.h"
#include "server/pipeline/job_errors.h"
#include "server/pipeline/stand_back.h"

namespace wanwu::pipeline {
namespace {

using batching::Clock;

image::DecodeOptions WithinMemory(image::DecodeOptions decode, int64_t limit) {
  decode.limits.max_decoder_bytes =
      std::min(decode.limits.max_decoder_bytes, limit);
  return decode;
}

// Larger pictures are hashed by decode threads only: a third of a millisecond,
// or one where the CPU has no instructions for it.
constexpr size_t kMostBytesAtOnce = size_t{512} << 10;

std::vector<std::string> DecoderNames(const PipelineOptions& options) {
  std::vector<std::string> names(static_cast<size_t>(options.decode_threads),
                                 "wanwu-decode");
  if (names.empty()) {
    for (int i = 0; i < options.lanes; ++i) {
      names.push_back(batching::LaneName(i));
    }
  }
  return names;
}

// A ring holds what is decoded ahead, twice for callers who have nothing there,
// and as much again of cancelled jobs that have not come to the head.
size_t RingCapacity(int most_decoded_ahead) {
  return static_cast<size_t>(4 * most_decoded_ahead);
}

void Add(const batching::QueueStats& stats, batching::BatchesBySize& sum) {
  std::transform(sum.begin(), sum.end(), stats.batches_by_size.begin(),
                 sum.begin(), std::plus<>());
}

// `model` for all who use it; tells when the last of them is gone. They keep it
// alive beyond the pipeline, whose own reference else makes sure that none of
// them frees it.
std::shared_ptr<ServedModel> Lend(std::shared_ptr<ServedModel> model,
                                  std::shared_ptr<std::atomic<bool>> unused,
                                  std::function<void()> on_unused) {
  ServedModel* const address = model.get();
  return {address,
          [model = std::move(model), unused = std::move(unused),
           on_unused = std::move(on_unused)](ServedModel* /*same*/) mutable {
            model.reset();
            unused->store(true);
            if (on_unused) on_unused();
          }};
}

absl::StatusOr<image::PictureProbe> Probe(const EncodedPicture& picture,
                                          const image::TensorSpec& spec,
                                          const image::DecodeOptions& options) {
  return picture.form == image::PictureForm::kEncoded
             ? image::ProbePicture(picture.bytes, spec, options)
             : image::ProbeRaw(picture.bytes, picture.form, spec);
}

}  // namespace

AdmissionLimits LimitsOf(const PipelineOptions& options) {
  return {.max_jobs = options.queue_capacity,
          .max_bytes = options.queue_bytes,
          .max_wait = options.max_queue_wait,
          .cpus = static_cast<double>(options.lanes),
          .busy_jobs = 2 * options.lanes + options.decode_threads};
}

int DecodersOf(const PipelineOptions& options) {
  return options.decode_threads > 0 ? options.decode_threads : options.lanes;
}

ClassifyPipeline::ClassifyPipeline(PipelineOptions options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      costs_({options_.lanes, DecodersOf(options_), options_.decoder_bytes}),
      large_memory_(costs_.LargeDecoderBytes()),
      decode_options_(WithinMemory(options_.decode, large_memory_.limit())),
      admission_(LimitsOf(options_), clock),
      answers_(options_.answer_cache_bytes),
      decode_stage_(
          {.workers = DecoderNames(options_),
           .decode = decode_options_,
           .answers = &answers_},
          clock, costs_.decode_estimate(),
          std::bind_front(&JobCosts::MostDecodedAhead, &costs_),
          std::bind_front(LanesDecode() ? &ClassifyPipeline::EnqueueFromLane
                                        : &ClassifyPipeline::Enqueue,
                          this),
          [this] {
            if (LanesDecode()) return batcher_.Wake();
            decode_pool_->Wake();
          }),
      large_stage_(
          {.workers = std::vector<std::string>(
               static_cast<size_t>(DecodersOf(options_)), "wanwu-decode-l"),
           .decode = decode_options_,
           .answers = &answers_,
           .memory = &large_memory_},
          clock, costs_.decode_estimate(),
          std::bind_front(&JobCosts::MostDecodedAhead, &costs_),
          std::bind_front(&ClassifyPipeline::Enqueue, this),
          [this] { large_pool_.Wake(); }),
      batcher_({.lane_count = options_.lanes,
                .on_lane_start = options_.on_lane_start,
                .feeder = LanesDecode() ? &decode_stage_ : nullptr},
               clock),
      large_pool_(large_stage_, clock, kFarBack) {
  if (!LanesDecode()) decode_pool_.emplace(decode_stage_, clock);
}

ClassifyPipeline::~ClassifyPipeline() { Drain(); }

absl::StatusOr<std::shared_ptr<ServedModel>> ClassifyPipeline::Install(
    std::shared_ptr<ServedModel> model) {
  auto unused = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<ServedModel> lent =
      Lend(model, unused, options_.on_model_unused);
  const std::lock_guard lock(mutex_);
  ServedModel& served = *model;
  Installed& entry = installed_.emplace_back(
      Installed{std::move(model),
                ModelRunner(served, clock_, answers_, options_.on_traced_batch),
                std::move(unused)});
  // At the largest batch size that SetBatchSize may bring.
  const int most_ahead =
      std::max(costs_.MostDecodedAhead(served),
               2 * options_.lanes * batching::kLargestBatchSize);
  const std::optional<batching::QueueId> queue =
      batcher_.AddQueue({.capacity = RingCapacity(most_ahead),
                         .max_batch_size = served.batch_size(),
                         .max_queue_delay = options_.max_queue_delay},
                        entry.runner);
  if (!queue.has_value()) {
    installed_.pop_back();
    return absl::ResourceExhaustedError("too many models are being served");
  }
  served.SetQueue(*queue);
  return lent;
}

std::vector<std::shared_ptr<ServedModel>> ClassifyPipeline::RemoveUnused() {
  std::vector<std::shared_ptr<ServedModel>> removed;
  // Through the removal, so that BatchesBySize never goes back. No job is left,
  // so the lanes are about to leave these queues.
  const std::lock_guard lock(mutex_);
  std::erase_if(installed_, [&](Installed& entry) {
    if (!entry.unused->load()) return false;
    const std::optional<batching::QueueStats> stats =
        batcher_.RemoveQueue(entry.model->queue());
    if (stats.has_value()) Add(*stats, removed_batches_);
    removed.push_back(std::move(entry.model));
    return true;
  });
  return removed;
}

int ClassifyPipeline::installed_count() {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(installed_.size());
}

void ClassifyPipeline::SetBatchSize(ServedModel& model, int size) {
  model.set_batch_size(size);
  batcher_.SetMaxBatchSize(model.queue(), size);
  if (decode_pool_) decode_pool_->LimitRaised();
  large_pool_.LimitRaised();
}

absl::Status ClassifyPipeline::Submit(const ClassifyJobPtr& job) {
  absl::Status status = Estimate(*job);
  if (!status.ok()) return status;
  if (job->kept_answer() == nullptr) {
    absl::StatusOr<AdmissionTicket> ticket =
        admission_.TryAdmit(AdmissionOf(*job, 0));
    if (!ticket.ok()) return ticket.status();
    job->Admit(*std::move(ticket));
  } else if (admission_.closed()) {
    return admission_.DrainingError();
  }
  Start(job);
  return status;
}

bool ClassifyPipeline::LookUpAtOnce(ClassifyJob& job) {
  return answers_.enabled() && job.encoded_bytes() <= kMostBytesAtOnce &&
         answers_.LookUp(job);
}

absl::Status ClassifyPipeline::Estimate(ClassifyJob& job) {
  if (LookUpAtOnce(job)) return absl::OkStatus();
  const absl::StatusOr<image::PictureProbe> picture =
      Probe(job.picture(), job.model().tensor_spec(), decode_options_);
  if (!picture.ok()) return picture.status();
  job.SetCost(costs_.Estimate(*picture, job.model()));
  return absl::OkStatus();
}

absl::Status ClassifyPipeline::AdmitAll(std::span<const ClassifyJobPtr> jobs) {
  std::vector<AdmissionRequest> requests;
  requests.reserve(jobs.size());
  for (const ClassifyJobPtr& job : jobs) {
    if (job->kept_answer() != nullptr) continue;
    requests.push_back(AdmissionOf(*job, requests.size()));
  }
  if (requests.empty() && admission_.closed()) {
    return admission_.DrainingError();
  }
  absl::StatusOr<std::vector<AdmissionTicket>> tickets =
      admission_.TryAdmitAll(requests);
  if (!tickets.ok()) return tickets.status();
  auto next = tickets->begin();
  for (const ClassifyJobPtr& job : jobs) {
    if (job->kept_answer() == nullptr) job->Admit(std::move(*next++));
  }
  return absl::OkStatus();
}

void ClassifyPipeline::Start(const ClassifyJobPtr& job) {
  if (job->kept_answer() != nullptr) {
    JobAnswer answer = job->AnswerFromKept(clock_.Now());
    // Nobody can have cancelled it yet.
    if (!job->TryTake()) return;
    answers_.CountHit();
    return job->Finish(std::move(answer));
  }
  (costs_.IsLarge(job->cost()) ? large_stage_ : decode_stage_).Submit(job);
}

AdmissionRequest ClassifyPipeline::AdmissionOf(const ClassifyJob& job,
                                               size_t others) const {
  const EncodedPicture& encoded = job.picture();
  const auto beside =
      admission_.jobs_beside(job.share()) + static_cast<int64_t>(others);
  return {.share = job.share(),
          .bytes = static_cast<int64_t>(
              std::max(encoded.bytes.size(), encoded.held_bytes)),
          .work = job.cost().work(),
          .service_time = costs_.ServiceTime(job.cost(), job.model(), beside),
          .deadline = job.deadline()};
}

void ClassifyPipeline::Cancel(ClassifyJob& job) {
  if (job.Cancel() == batching::CancelOutcome::kCancelled) {
    job.Finish(CancelledError());
  }
}

batching::BatchesBySize ClassifyPipeline::BatchesBySize() {
  const std::lock_guard lock(mutex_);
  batching::BatchesBySize sum = removed_batches_;
  for (const Installed& entry : installed_) {
    const std::optional<batching::QueueStats> stats =
        batcher_.Stats(entry.model->queue());
    if (stats.has_value()) Add(*stats, sum);
  }
  return sum;
}

void ClassifyPipeline::Enqueue(ClassifyJobPtr job,
                               batching::Priority priority) {
  EndUnlessQueued(*job, batcher_.Submit(job->model().queue(), priority, job));
}

void ClassifyPipeline::EnqueueFromLane(ClassifyJobPtr job,
                                       batching::Priority priority) {
  EndUnlessQueued(*job,
                  batcher_.SubmitFromLane(job->model().queue(), priority, job));
}

void ClassifyPipeline::EndUnlessQueued(ClassifyJob& job,
                                       batching::SubmitResult result) {
  if (result == batching::SubmitResult::kQueued) return;
  // The job waits, so its caller may be cancelling it: whoever takes it
  // finishes it.
  if (!job.TryTake()) return;
  job.Finish(result == batching::SubmitResult::kFull
                 ? admission_.FullError()
                 : admission_.DrainingError());
}

void ClassifyPipeline::Drain() {
  admission_.Close();
  // A Submit under way may still hand over a job that was admitted before.
  while (!admission_.WaitUntilIdle(Clock::TimePoint::max())) {
  }
  // Decoding ends first, since it feeds the lanes.
  if (decode_pool_) decode_pool_->Drain();
  large_pool_.Drain();
  batcher_.Drain();
}

}  // namespace wanwu::pipeline
