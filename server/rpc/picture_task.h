#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "absl/status/status.h"
#include "server/pipeline/classify_job.h"
#include "server/rpc/call_attributes.h"
#include "server/rpc/call_services.h"
#include "server/rpc/job_done.h"

namespace wanwu::rpc {

// What any service's message may ask of one picture.
struct PictureQuery {
  // Ready.
  std::shared_ptr<pipeline::ServedModel> model;
  pipeline::EncodedPicture picture;
};

// One picture of a call on its way through the pipeline, whatever message it
// came in. Lives on the call's poller until the done-event has come.
class PictureTask {
 public:
  // `done` gets an event once the job has ended, if it was submitted.
  PictureTask(CallServices& services, grpc::CompletionQueue& queue,
              CompletionTag& done)
      : services_(services), done_(queue, done) {}

  // Makes the job, whose arrival is now. INVALID_ARGUMENT (IMAGE_EMPTY).
  absl::Status Prepare(PictureQuery query, const CallAttributes& attributes);

  // After Prepare. Errors as ClassifyPipeline::Submit; what was refused may be
  // submitted again.
  absl::Status Submit();
  // Instead of Submit: after ClassifyPipeline::Estimate and AdmitAll.
  void Start();
  bool submitted() const { return submitted_; }

  // No effect unless submitted.
  void Cancel();

  // After the done-event.
  const pipeline::ClassifyJob& job() const { return *job_; }
  // Null before Prepare.
  const pipeline::ClassifyJobPtr& job_ptr() const { return job_; }

 private:
  CallServices& services_;
  JobDone done_;
  pipeline::ClassifyJobPtr job_;
  bool submitted_ = false;
};

}  // namespace wanwu::rpc
