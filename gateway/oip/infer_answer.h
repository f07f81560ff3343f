#pragma once

#include "absl/status/statusor.h"
#include "gateway/http/response.h"
#include "gateway/oip/infer_request.h"
#include "inference/open_inference.pb.h"

namespace wanwu::gateway {

// The header that says how much of a body is JSON, where binary data follows.
inline constexpr char kJsonBytesHeader[] = "Inference-Header-Content-Length";

// What the server's answer, whose contents are raw, is in HTTP. INTERNAL if the
// server made it wrong.
absl::StatusOr<Response> InferAnswer(
    const inference::ModelInferResponse& answer, const BinaryOutputs& binary);

}  // namespace wanwu::gateway
