#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "batching/clock.h"
#include "batching/dynamic_batcher.h"
#include "batching/work_mark.h"
#include "server/image/decode.h"
#include "server/pipeline/admission.h"
#include "server/pipeline/answer_cache.h"
#include "server/pipeline/classify_job.h"
#include "server/pipeline/decode_pool.h"
#include "server/pipeline/job_costs.h"
#include "server/pipeline/model_runner.h"
#include "server/pipeline/served_model.h"

namespace wanwu::pipeline {

struct PipelineOptions {
  int lanes = 1;
  // Threads that only decode; 0: the lanes decode, while they have no batch to
  // run or could have a larger one. Large pictures have as many threads of
  // their own, or one per lane.
  int decode_threads = 0;
  // Bounds of admission; see AdmissionLimits.
  int64_t queue_capacity = AdmissionLimits{}.max_jobs;
  int64_t queue_bytes = AdmissionLimits{}.max_bytes;
  batching::Clock::Duration max_queue_wait{};
  // What decoders may hold together, output and encoded picture apart. Pictures
  // that need more than their part of it are refused as too large.
  int64_t decoder_bytes = PipelineSize{}.decoder_bytes;
  // Of answers that are kept for identical pictures; 0: none are.
  int64_t answer_cache_bytes = 0;
  // How long a batch that is not full waits for company. 0: never.
  batching::Clock::Duration max_queue_delay{};
  image::DecodeOptions decode = {};
  // Called first on each lane's thread.
  std::function<void(int lane)> on_lane_start = {};
  // See ClassifyPipeline::Install. May outlive the pipeline.
  std::function<void()> on_model_unused = {};
  OnTracedBatch on_traced_batch = {};
};

AdmissionLimits LimitsOf(const PipelineOptions& options);

// Threads that decode, lanes or others, large pictures' own not counted.
int DecodersOf(const PipelineOptions& options);

// admit → decode → batch → infer → finish. Knows no gRPC. Thread-safe; Submit
// and Cancel never wait.
//
// Pictures that take long to decode, or much memory, are decoded by threads of
// their own, which stand back for the others and enter only as their memory
// fits. So nobody waits behind them, and they use what CPU time is left.
//
// A kept answer is looked for before admission, if that takes no longer than a
// poller may be held up, and once more before decoding. A job that has one
// needs no place, but is refused once admission is closed.
class ClassifyPipeline {
 public:
  // `clock` must outlive the pipeline.
  ClassifyPipeline(PipelineOptions options, const batching::Clock& clock);
  // Drains.
  ~ClassifyPipeline();
  ClassifyPipeline(const ClassifyPipeline&) = delete;
  ClassifyPipeline& operator=(const ClassifyPipeline&) = delete;

  // Runs `work` once on each lane's thread and waits for all. False, and
  // nothing run, once draining has begun.
  [[nodiscard]] bool RunOnEveryLane(const std::function<void(int lane)>& work) {
    return batcher_.RunOnEveryLane(work);
  }

  // Gives `model`, which has its replicas and its batch plan, a queue of its
  // own, and returns it once more, for all who use it from now on. When the
  // last copy of that is gone, jobs' own among them, nothing can come for the
  // model any more: `on_model_unused` is called, on any thread, under any lock,
  // and RemoveUnused takes the model out. RESOURCE_EXHAUSTED when there are too
  // many models.
  [[nodiscard]] absl::StatusOr<std::shared_ptr<ServedModel>> Install(
      std::shared_ptr<ServedModel> model);

  // Gives up the queues of all unused models and returns these; dropping them
  // frees their replicas and weights. One call at a time, on no lane.
  std::vector<std::shared_ptr<ServedModel>> RemoveUnused();

  // Models that have their queues, unused ones included.
  int installed_count();

  // From now on the installed model's batches are at most `size`, which is warm
  // on every lane.
  void SetBatchSize(ServedModel& model, int size);

  // On OK the pipeline will finish the job exactly once; otherwise the job is
  // refused, its listener is not told and nothing was decoded. Errors as
  // Admission::TryAdmit and, for what the picture's header shows, ProbePicture.
  [[nodiscard]] absl::Status Submit(const ClassifyJobPtr& job);

  // Submit in steps, for jobs of one share and deadline that enter together or
  // not at all: Estimate each (errors as ProbePicture), AdmitAll (errors as
  // Admission::TryAdmitAll), and Start each, which the pipeline then finishes.
  // One that is dropped before its Start gives its place back. Start may throw
  // bad_alloc, and then has not started it.
  [[nodiscard]] absl::Status Estimate(ClassifyJob& job);
  [[nodiscard]] absl::Status AdmitAll(std::span<const ClassifyJobPtr> jobs);
  void Start(const ClassifyJobPtr& job);

  // The caller is gone: finishes the job now if it is waiting, else as soon as
  // its present stage ends. Harmless at any time after Submit.
  void Cancel(ClassifyJob& job);

  // Refuses new jobs from now on.
  void StopAdmission() { admission_.Close(); }

  // True once every admitted job has finished; false at the deadline.
  [[nodiscard]] bool WaitUntilIdle(batching::Clock::TimePoint deadline) {
    return admission_.WaitUntilIdle(deadline);
  }

  // Finishes what is queued and ends all threads. Idempotent.
  void Drain();

  // Over all models, removed ones included.
  [[nodiscard]] batching::BatchesBySize BatchesBySize();
  [[nodiscard]] batching::LaneStats Lanes() const { return batcher_.Lanes(); }
  // Of an installed model; empty once it is not any more.
  [[nodiscard]] std::optional<batching::QueueStats> QueueStatsOf(
      const ServedModel& model) {
    return batcher_.Stats(model.queue());
  }
  [[nodiscard]] const DecodeStage& decoders() const { return decode_stage_; }
  [[nodiscard]] const DecodeStage& large_decoders() const {
    return large_stage_;
  }
  [[nodiscard]] const MemoryGate& large_memory() const { return large_memory_; }

  // Adds the lanes and decode threads that are at work.
  void ListThreadsAtWork(std::vector<batching::ThreadAtWork>& threads) const {
    batcher_.ListThreadsAtWork(threads);
    decode_stage_.ListThreadsAtWork(threads);
    large_stage_.ListThreadsAtWork(threads);
  }

  const AnswerCache& answers() const { return answers_; }
  const Admission& admission() const { return admission_; }
  int lane_count() const { return options_.lanes; }
  const batching::Clock& clock() const { return clock_; }

 private:
  struct Installed {
    std::shared_ptr<ServedModel> model;
    ModelRunner runner;
    std::shared_ptr<const std::atomic<bool>> unused;
  };

  // True: the job has its answer.
  bool LookUpAtOnce(ClassifyJob& job);
  // What an estimated job asks to be admitted with, besides `others`.
  AdmissionRequest AdmissionOf(const ClassifyJob& job, size_t others) const;
  // Without threads that only decode.
  bool LanesDecode() const { return options_.decode_threads == 0; }
  void Enqueue(ClassifyJobPtr job, batching::Priority priority);
  void EnqueueFromLane(ClassifyJobPtr job, batching::Priority priority);
  void EndUnlessQueued(ClassifyJob& job, batching::SubmitResult result);

  const PipelineOptions options_;
  const batching::Clock& clock_;
  JobCosts costs_;
  MemoryGate large_memory_;
  const image::DecodeOptions decode_options_;
  Admission admission_;
  AnswerCache answers_;
  std::mutex mutex_;
  // Guarded by mutex_; a list, since lanes keep references to the runners.
  std::list<Installed> installed_;
  batching::BatchesBySize removed_batches_{};
  DecodeStage decode_stage_;
  DecodeStage large_stage_;
  // After the runners and the stage that its lanes use.
  batching::DynamicBatcher batcher_;
  std::optional<DecodePool> decode_pool_;  // Unless LanesDecode.
  DecodePool large_pool_;
};

}  // namespace wanwu::pipeline
