#include "tests/support/tracked_job.h"

#include <utility>

namespace wanwu::test_support {

TrackedJob::TrackedJob(std::shared_ptr<pipeline::ServedModel> model,
                       pipeline::EncodedPicture picture,
                       const TrackedJobOptions& options)
    : job_(std::make_shared<pipeline::ClassifyJob>(
          pipeline::JobRequest{.model = std::move(model),
                               .picture = std::move(picture),
                               .priority = options.priority,
                               .times = options.times,
                               .client = options.client},
          *this)) {}

const absl::StatusOr<pipeline::JobAnswer>& TrackedJob::Await() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return times_done_ > 0; });
  return job_->outcome();
}

int TrackedJob::times_done() {
  const std::lock_guard lock(mutex_);
  return times_done_;
}

void TrackedJob::OnJobDone() noexcept {
  const std::lock_guard lock(mutex_);
  ++times_done_;
  done_.notify_all();
}

}  // namespace wanwu::test_support
