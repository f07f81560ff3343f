#pragma once

#include "absl/status/status.h"
#include "server/oip/infer_message.h"
#include "server/oip/infer_plan.h"

namespace wanwu::oip {

// Checks a request's one input, and its contents as far as their lengths tell,
// against the plan's model, and writes to the plan what it found: form,
// pictures, raw and places. INVALID_ARGUMENT (FIELD_INVALID).
absl::Status CheckInput(const InferMessage& message, InferPlan& plan);

}  // namespace wanwu::oip
