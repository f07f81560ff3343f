#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "inference/open_inference.pb.h"
#include "server/oip/infer_plan.h"

namespace wanwu::oip {

// The answer to a planned request, of one row of logits per picture. INTERNAL
// (INFERENCE_FAILED) for logits that are no numbers; INVALID_ARGUMENT
// (FIELD_INVALID) for an answer beyond kMostAnswerBytes, which only very long
// labels make.
absl::StatusOr<inference::ModelInferResponse> MakeAnswer(
    const InferPlan& plan, const std::string& id,
    std::span<const std::vector<float>* const> logits);

}  // namespace wanwu::oip
