#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "server/pipeline/classify_pipeline.h"
#include "tests/support/gate.h"
#include "tests/support/pictures.h"
#include "tests/support/served_models.h"
#include "tests/support/tracked_job.h"

namespace wanwu::pipeline {

struct RigOptions {
  int lanes = 1;
  int decode_threads = 1;
  int64_t queue_capacity = 1024;
  int64_t queue_bytes = int64_t{256} << 20;
  int64_t answer_cache_bytes = 0;
  std::function<void()> on_model_unused = {};
};

// A pipeline with fake models, and the jobs that a test gives it. Opens every
// gate and drains at its end. Used by the test's thread only.
class PipelineRig {
 public:
  explicit PipelineRig(const RigOptions& options = {})
      : PipelineRig(options, steady_clock_) {}
  PipelineRig(const RigOptions& options, const batching::Clock& clock)
      : clock_(clock), pipeline_(ToPipelineOptions(options), clock) {}
  ~PipelineRig() {
    for (const test_support::FakeModel& model : models_) {
      model.classifier->gate().Open();
    }
    pipeline_.Drain();
  }
  PipelineRig(const PipelineRig&) = delete;
  PipelineRig& operator=(const PipelineRig&) = delete;

  ClassifyPipeline& pipeline() { return pipeline_; }

  const test_support::FakeModel& Install(
      const test_support::FakeModelOptions& options = {}) {
    return models_.emplace_back(
        test_support::InstallFakeModel(pipeline_, options));
  }

  test_support::TrackedJob& MakeJob(
      const test_support::FakeModel& model, EncodedPicture picture,
      test_support::TrackedJobOptions options = {}) {
    options.times.arrival = clock_.Now();
    return jobs_.emplace_back(model.served, std::move(picture), options);
  }

  // Makes a job and submits it.
  test_support::TrackedJob& Submit(const test_support::FakeModel& model,
                                   EncodedPicture picture) {
    test_support::TrackedJob& tracked = MakeJob(model, std::move(picture));
    const absl::Status status = pipeline_.Submit(tracked.job());
    if (!status.ok()) tracked.job()->Finish(status);
    return tracked;
  }

  test_support::TrackedJob& Submit(const test_support::FakeModel& model,
                                   int picture) {
    return Submit(model,
                  test_support::Encoded(test_support::PictureOf(picture)));
  }

  // Keeps a lane busy with `picture` until the model's gate is opened.
  test_support::TrackedJob& OccupyLane(const test_support::FakeModel& model,
                                       int picture) {
    model.classifier->gate().Close();
    test_support::TrackedJob& tracked = Submit(model, picture);
    model.classifier->gate().AwaitHeld(1);
    return tracked;
  }

 private:
  static PipelineOptions ToPipelineOptions(const RigOptions& options) {
    PipelineOptions out;
    out.lanes = options.lanes;
    out.decode_threads = options.decode_threads;
    out.queue_capacity = options.queue_capacity;
    out.queue_bytes = options.queue_bytes;
    out.answer_cache_bytes = options.answer_cache_bytes;
    out.on_model_unused = options.on_model_unused;
    return out;
  }

  const batching::SteadyClock steady_clock_;
  const batching::Clock& clock_;
  std::deque<test_support::FakeModel> models_;
  std::deque<test_support::TrackedJob> jobs_;
  ClassifyPipeline pipeline_;
};

}  // namespace wanwu::pipeline
