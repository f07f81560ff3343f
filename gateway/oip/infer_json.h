#pragma once

#include <deque>
#include <nlohmann/json.hpp>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/oip/tensor_data.h"

namespace wanwu::gateway {

// The JSON of an inference request, read.
struct InferJson {
  // An object. Its inputs' "data" are empty.
  nlohmann::json head;
  // The elements of these, one for each input.
  std::deque<TensorData> data;
};

// `share`, which must outlive what is returned, is grown by what is kept of the
// data. What is not data may be some thousands of values.
absl::StatusOr<InferJson> ParseInferJson(std::string_view text, int max_depth,
                                         BudgetShare& share);

}  // namespace wanwu::gateway
