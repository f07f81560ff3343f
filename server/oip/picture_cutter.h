#pragma once

#include <grpcpp/grpcpp.h>

#include <vector>

#include "absl/status/statusor.h"
#include "server/oip/infer_plan.h"
#include "server/pipeline/classify_job.h"

namespace wanwu::oip {

// The pictures of a request that was planned, each with what it keeps in
// memory of the message and the form that its bytes have. INVALID_ARGUMENT
// (FIELD_INVALID) if the contents do not fall into so many.
absl::StatusOr<std::vector<pipeline::EncodedPicture>> CutPictures(
    const grpc::ByteBuffer& message, const InferPlan& plan);

}  // namespace wanwu::oip
