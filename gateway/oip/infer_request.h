#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/http/byte_budget.h"
#include "inference/open_inference.pb.h"

namespace wanwu::gateway {

// Which outputs the caller wants as binary data behind the JSON.
struct BinaryOutputs {
  // Of outputs that were not asked for by name.
  bool others = false;
  std::map<std::string, bool> named = {};

  bool Has(const std::string& name) const {
    const auto found = named.find(name);
    return found != named.end() ? found->second : others;
  }
};

struct InferRequest {
  // Its contents are raw. Without the model.
  inference::ModelInferRequest message;
  BinaryOutputs binary;
};

// The request to classify one encoded picture, without the model.
absl::StatusOr<InferRequest> PictureRequest(std::string_view picture,
                                            BudgetShare& share);

// Reads the body of an inference request: `json_bytes` of JSON, and behind them
// the binary data of the inputs whose parameter binary_data_size says so, in
// their order. Fields and parameters that are not known are ignored or passed
// on, as Triton does; the values of all that are known are checked, lengths
// before use, but what a model takes is for the server to say. `share` is grown
// by what is kept.
absl::StatusOr<InferRequest> ParseInferRequest(std::string_view body,
                                               std::size_t json_bytes,
                                               int max_json_depth,
                                               BudgetShare& share);

}  // namespace wanwu::gateway
