#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::gateway {

// A JSON body of POST /v1/classify, read.
struct JsonRequest {
  // Was it {"requests": […]}, whose answer is a list, too?
  bool is_list = false;
  // One if it was not.
  std::vector<v1::ClassifyBatchRequest> requests;
};

struct JsonLimits {
  int max_depth = 16;
  int max_requests = 1000;
};

// Reads a ClassifyRequest, or a list of ClassifyBatchRequests under "requests",
// in the proto3 JSON mapping: camelCase or snake_case names, base64 in either
// alphabet, null for a default. `defaults` fills what is left out. Errors name
// the field, as in "requests[2].request.image".
absl::StatusOr<JsonRequest> ParseJsonRequest(
    std::string_view body, const v1::ClassifyRequest& defaults,
    const JsonLimits& limits);

}  // namespace wanwu::gateway
