#include "server/rpc/picture_task.h"

#include <memory>
#include <utility>

#include "server/image/image_error.h"

namespace wanwu::rpc {

absl::Status PictureTask::Prepare(PictureQuery query,
                                  const CallAttributes& attributes) {
  if (query.picture.bytes.empty()) return image::EmptyImage();
  job_ = std::make_shared<pipeline::ClassifyJob>(
      pipeline::JobRequest{.model = std::move(query.model),
                           .picture = std::move(query.picture),
                           .priority = attributes.priority,
                           .times = {.arrival = services_.clock.Now(),
                                     .deadline = attributes.deadline},
                           .client = attributes.client},
      done_);
  return absl::OkStatus();
}

absl::Status PictureTask::Submit() {
  absl::Status status = services_.pipeline.Submit(job_);
  submitted_ = status.ok();
  return status;
}

void PictureTask::Start() {
  services_.pipeline.Start(job_);
  submitted_ = true;
}

void PictureTask::Cancel() {
  if (submitted_) services_.pipeline.Cancel(*job_);
}

}  // namespace wanwu::rpc
