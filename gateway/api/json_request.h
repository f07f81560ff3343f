#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/api/request_limits.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::gateway {

struct JsonPicture {
  std::string id;
  // Or why this one is refused.
  absl::StatusOr<v1::ClassifyRequest> request;
};

// A JSON body of POST /v1/classify, read.
struct JsonRequest {
  // Was it {"requests": […]}, whose answer is a list, too?
  bool is_list = false;
  // One if it was not.
  std::vector<JsonPicture> pictures;
};

// Reads a ClassifyRequest, or a list of ClassifyBatchRequests under "requests",
// in the proto3 JSON mapping: camelCase or snake_case names, base64 in either
// alphabet, also as a data URL, null for a default. `defaults` fills what is
// left out. Errors name the field, as in "requests[2].request.image". Takes at
// most as much memory again as the body has.
absl::StatusOr<JsonRequest> ParseJsonRequest(
    std::string body, const v1::ClassifyRequest& defaults,
    const RequestLimits& limits);

}  // namespace wanwu::gateway
