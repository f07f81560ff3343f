#include "gateway/oip/parameters.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {

using inference::InferParameter;
using nlohmann::json;

absl::Status ReadParameters(const std::string& field, const json& object,
                            InferParameters& out) {
  if (!object.is_object()) return FieldError(field, "expected an object");
  for (const auto& [name, value] : object.items()) {
    InferParameter parameter;
    if (value.is_boolean()) {
      parameter.set_bool_param(value.get<bool>());
    } else if (value.is_number_unsigned() &&
               value.get<std::uint64_t>() >
                   std::numeric_limits<std::int64_t>::max()) {
      parameter.set_uint64_param(value.get<std::uint64_t>());
    } else if (value.is_number_integer()) {
      parameter.set_int64_param(value.get<std::int64_t>());
    } else if (value.is_number()) {
      parameter.set_double_param(value.get<double>());
    } else if (value.is_string()) {
      parameter.set_string_param(value.get<std::string>());
    } else if (value.is_null()) {
      continue;
    } else {
      return FieldError(absl::StrCat(field, ".", name.substr(0, 64)),
                        "expected a string, a number or a boolean");
    }
    out[name] = std::move(parameter);
  }
  return absl::OkStatus();
}

json ParametersJson(const InferParameters& parameters) {
  json object = json::object();
  for (const auto& [name, parameter] : parameters) {
    json& value = object[name];
    switch (parameter.parameter_choice_case()) {
      case InferParameter::kBoolParam:
        value = parameter.bool_param();
        break;
      case InferParameter::kInt64Param:
        value = parameter.int64_param();
        break;
      case InferParameter::kUint64Param:
        value = parameter.uint64_param();
        break;
      case InferParameter::kDoubleParam:
        value = parameter.double_param();
        break;
      case InferParameter::kStringParam:
        value = parameter.string_param();
        break;
      case InferParameter::PARAMETER_CHOICE_NOT_SET:
        break;
    }
  }
  return object;
}

absl::StatusOr<bool> TakeBool(const std::string& field, const std::string& name,
                              bool absent, InferParameters& parameters) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) return absent;
  const InferParameter parameter = found->second;
  parameters.erase(found);
  if (!parameter.has_bool_param()) {
    return FieldError(absl::StrCat(field, ".", name), "expected a boolean");
  }
  return parameter.bool_param();
}

}  // namespace wanwu::gateway
