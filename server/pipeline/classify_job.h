#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "batching/clock.h"
#include "batching/job.h"
#include "server/image/byte_chain.h"
#include "server/image/picture_probe.h"
#include "server/image/pixel_tensor.h"
#include "server/image/raw_picture.h"
#include "server/pipeline/admission.h"
#include "server/pipeline/answer_key.h"
#include "server/pipeline/decode_credit.h"
#include "server/pipeline/job_trace.h"
#include "server/pipeline/share.h"

namespace wanwu::pipeline {

class ModelCounters;
class ServedModel;

// A picture as it came and whatever keeps its bytes in memory.
struct EncodedPicture {
  image::ByteChain bytes;
  std::shared_ptr<const void> owner;
  // What `owner` keeps in memory; at least the picture's bytes.
  size_t held_bytes = 0;
  image::PictureForm form = image::PictureForm::kEncoded;
};

// Where a job's time went.
struct JobTimings {
  batching::Clock::Duration decode{};
  // Waiting to be decoded, then for a lane.
  batching::Clock::Duration queue{};
  batching::Clock::Duration inference{};
  // From arrival to the answer.
  batching::Clock::Duration total{};
  // Pictures in the batch that the job travelled in.
  int batch_size = 0;
  // Where these stages began; epoch if they did not.
  batching::Clock::TimePoint decode_start{};
  batching::Clock::TimePoint inference_start{};
};

struct JobAnswer {
  // One per class.
  std::vector<float> logits;
  // What is wrong with the picture, for people; see image::PixelTensor.
  std::vector<std::string> warnings = {};
  // All but the total are 0 where it is a kept one.
  JobTimings timings = {};
  // Kept from an identical picture before.
  bool cached = false;
};

// Told once that a job is done, on whichever thread finished it: a decode
// thread, a lane, or the one that cancelled. Must not block and must keep
// itself alive until then.
class JobListener {
 public:
  virtual void OnJobDone() noexcept = 0;

 protected:
  ~JobListener() = default;
};

// What a job is made from.
struct JobRequest {
  std::shared_ptr<ServedModel> model;
  EncodedPicture picture;
  batching::Priority priority = batching::Priority::kInteractive;
  batching::JobTimes times;
  // Whose share of the server the job counts against; equal numbers are one
  // caller.
  uint64_t client = 0;
};

// What a job is expected to cost, as estimated when it was submitted.
struct JobCost {
  image::PictureProbe picture = {};
  // CPU time.
  batching::Clock::Duration decode{};
  batching::Clock::Duration inference{};

  batching::Clock::Duration work() const { return decode + inference; }
};

// One classification on its way through the pipeline. Everything but the
// state in batching::Job belongs to whoever owns the job at the time: the
// caller until it is submitted, then the thread that took or cancelled it.
class ClassifyJob final : public batching::Job {
 public:
  // `listener` must outlive the job's completion.
  ClassifyJob(JobRequest request, JobListener& listener)
      : Job(request.times),
        model_(std::move(request.model)),
        share_{request.priority, model_.get(), request.client},
        picture_(std::move(request.picture)),
        encoded_bytes_(picture_.bytes.size()),
        listener_(listener) {}

  ServedModel& model() const { return *model_; }
  const Share& share() const { return share_; }
  // Only until it is decoded, or ends.
  const EncodedPicture& picture() const { return picture_; }
  size_t encoded_bytes() const { return encoded_bytes_; }
  const image::PixelTensor& tensor() const { return tensor_; }

  // Called by the pipeline before the job waits for the first time.
  void SetCost(const JobCost& cost) { cost_ = cost; }
  void Admit(AdmissionTicket ticket) { ticket_ = std::move(ticket); }
  const JobCost& cost() const { return cost_; }
  int64_t work_ns() const {
    return std::chrono::nanoseconds(cost_.work()).count();
  }

  // The latest time at which a lane must take the job to answer it in time.
  batching::Clock::TimePoint LatestInference() const;
  // How the job queues for a lane; `first`: its caller has no other job there.
  batching::Priority LanePriority(bool first) const;

  // Replaces the encoded picture by the decoded one; `credit` is held until a
  // lane takes the job or the job ends. A decoded one that is larger than
  // pixels, as floats are, counts on as the encoded one did.
  void SetDecoded(image::PixelTensor tensor, DecodeCredit credit);
  void ReleaseDecodeCredit() { decode_credit_.Release(); }
  // Of the decoded picture, for the answer.
  std::vector<std::string> TakeWarnings() noexcept {
    return std::move(tensor_.warnings);
  }

  // Set by AnswerCache.
  void SetAnswerKey(const AnswerKey& key) { answer_key_ = key; }
  void SetKeptAnswer(std::shared_ptr<const JobAnswer> answer) {
    kept_answer_ = std::move(answer);
  }
  // Unset: nobody looked, or will keep the answer.
  const std::optional<AnswerKey>& answer_key() const { return answer_key_; }
  // Null: there is none.
  const std::shared_ptr<const JobAnswer>& kept_answer() const {
    return kept_answer_;
  }
  // A copy of it for this job, which ends `now`.
  JobAnswer AnswerFromKept(batching::Clock::TimePoint now) const;

  // Of the span that tells of the job's inference; unset: it is not traced.
  // Before it is submitted.
  void SetTrace(const TraceMark& trace) { trace_ = trace; }
  const TraceMark& trace() const { return trace_; }
  // Of the batch that a traced job ran in.
  void SetBatchTrace(const TraceMark& batch) { batch_trace_ = batch; }
  const TraceMark& batch_trace() const { return batch_trace_; }

  JobTimings& timings() { return timings_; }
  const JobTimings& timings() const { return timings_; }

  // Ends the job: gives back its admission and tells the listener. By the
  // job's owner, exactly once.
  void Finish(absl::StatusOr<JobAnswer> outcome);

  // After the listener was told.
  const absl::StatusOr<JobAnswer>& outcome() const { return outcome_; }
  bool cached() const { return outcome_.ok() && outcome_->cached; }

 private:
  void Count(ModelCounters& counters) const;
  // Of its cost.
  batching::Clock::Duration WorkDone() const;

  const std::shared_ptr<ServedModel> model_;
  const Share share_;
  EncodedPicture picture_;
  const size_t encoded_bytes_;
  image::PixelTensor tensor_;
  JobCost cost_;
  std::optional<AnswerKey> answer_key_;
  std::shared_ptr<const JobAnswer> kept_answer_;
  DecodeCredit decode_credit_;
  AdmissionTicket ticket_;
  JobTimings timings_;
  TraceMark trace_;
  TraceMark batch_trace_;
  JobListener& listener_;
  absl::StatusOr<JobAnswer> outcome_;
};

using ClassifyJobPtr = std::shared_ptr<ClassifyJob>;

}  // namespace wanwu::pipeline
