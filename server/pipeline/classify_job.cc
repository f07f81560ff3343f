#include "server/pipeline/classify_job.h"

#include <utility>

namespace wanwu::pipeline {

void ClassifyJob::SetDecoded(image::PixelTensor tensor, DecodeCredit credit) {
  picture_ = {};
  ticket_.ReleaseBytes();
  tensor_ = std::move(tensor);
  decode_credit_ = std::move(credit);
}

void ClassifyJob::Finish(absl::StatusOr<JobAnswer> outcome) {
  outcome_ = std::move(outcome);
  picture_ = {};
  tensor_ = {};
  decode_credit_.Release();
  ticket_.Release();
  // Last: the listener may drop its reference and, with it, the job.
  listener_.OnJobDone();
}

}  // namespace wanwu::pipeline
