#pragma once

#include <google/protobuf/map.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "inference/open_inference.pb.h"

namespace wanwu::gateway {

using InferParameters =
    google::protobuf::Map<std::string, inference::InferParameter>;

// A JSON object of strings, numbers and booleans, which errors call `field`.
absl::Status ReadParameters(const std::string& field,
                            const nlohmann::json& object, InferParameters& out);

nlohmann::json ParametersJson(const InferParameters& parameters);

// The parameter of that name, which is for the gateway alone, taken out.
// Absent: `absent`. Errors call it `field`.
absl::StatusOr<bool> TakeBool(const std::string& field, const std::string& name,
                              bool absent, InferParameters& parameters);

}  // namespace wanwu::gateway
