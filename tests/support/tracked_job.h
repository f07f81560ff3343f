#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "server/pipeline/classify_job.h"
#include "tests/support/pictures.h"

namespace wanwu::test_support {

struct TrackedJobOptions {
  batching::Priority priority = batching::Priority::kInteractive;
  batching::JobTimes times = {};
  uint64_t client = 0;
};

// A job together with a listener that counts how often it is told. Must live
// until the pipeline is through with the job.
class TrackedJob final : public pipeline::JobListener {
 public:
  TrackedJob(std::shared_ptr<pipeline::ServedModel> model,
             pipeline::EncodedPicture picture,
             const TrackedJobOptions& options = {});
  TrackedJob(const TrackedJob&) = delete;
  TrackedJob& operator=(const TrackedJob&) = delete;

  const pipeline::ClassifyJobPtr& job() const { return job_; }

  // Blocks until the job is done.
  const absl::StatusOr<pipeline::JobAnswer>& Await();

  int times_done();

  void OnJobDone() noexcept override;

 private:
  const pipeline::ClassifyJobPtr job_;
  std::mutex mutex_;
  std::condition_variable done_;
  // Guarded by mutex_.
  int times_done_ = 0;
};

}  // namespace wanwu::test_support
