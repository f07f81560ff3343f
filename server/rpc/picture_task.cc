#include "server/rpc/picture_task.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "server/image/image_error.h"

namespace wanwu::rpc {

absl::Status PictureTask::Prepare(PictureQuery query,
                                  const CallAttributes& attributes) {
  if (query.picture.bytes.empty()) return image::EmptyImage();
  absl::StatusOr<std::shared_ptr<pipeline::ServedModel>> model =
      services_.catalog.FindReady(query.model, query.model_version);
  if (!model.ok()) return model.status();
  job_ = std::make_shared<pipeline::ClassifyJob>(
      pipeline::JobRequest{.model = *std::move(model),
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

void PictureTask::Cancel() {
  if (submitted_) services_.pipeline.Cancel(*job_);
}

}  // namespace wanwu::rpc
