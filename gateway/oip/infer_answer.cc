#include "gateway/oip/infer_answer.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/lib/proto_json.h"
#include "gateway/oip/parameters.h"
#include "gateway/oip/raw_elements.h"

namespace wanwu::gateway {
namespace {

using client::JsonString;
using inference::ModelInferResponse;

// The shortest text that reads as the same float; JSON has no infinities.
void AppendNumber(float value, std::string& json) {
  if (!std::isfinite(value)) {
    json += "null";
    return;
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value);
  json.append(text, end.ptr);
}

// False if they are not of that type.
bool AppendElements(const std::string& datatype, std::string_view raw,
                    std::string& json) {
  const char* separator = "";
  while (!raw.empty()) {
    json += std::exchange(separator, ",");
    if (datatype == "BYTES") {
      const auto element = TakeElement(raw);
      if (!element) return false;
      json += JsonString(std::string(*element));
    } else {
      const auto value = TakeValue<float>(raw);
      if (!value || datatype != "FP32") return false;
      AppendNumber(*value, json);
    }
  }
  return true;
}

void AppendParameters(const InferParameters& parameters, std::string& json) {
  if (parameters.empty()) return;
  absl::StrAppend(&json, ",\"parameters\":", ParametersJson(parameters).dump());
}

bool AppendOutput(const ModelInferResponse::InferOutputTensor& output,
                  const std::string& raw, bool binary, std::string& json) {
  absl::StrAppend(&json, "{\"name\":", JsonString(output.name()),
                  ",\"datatype\":", JsonString(output.datatype()),
                  ",\"shape\":[", absl::StrJoin(output.shape(), ","), "]");
  InferParameters parameters = output.parameters();
  if (binary) {
    parameters["binary_data_size"].set_int64_param(
        static_cast<std::int64_t>(raw.size()));
  }
  AppendParameters(parameters, json);
  if (!binary) {
    json += ",\"data\":[";
    if (!AppendElements(output.datatype(), raw, json)) return false;
    json += ']';
  }
  json += '}';
  return true;
}

std::string Head(const ModelInferResponse& answer) {
  std::string json =
      absl::StrCat("{\"model_name\":", JsonString(answer.model_name()),
                   ",\"model_version\":", JsonString(answer.model_version()));
  if (!answer.id().empty()) {
    absl::StrAppend(&json, ",\"id\":", JsonString(answer.id()));
  }
  AppendParameters(answer.parameters(), json);
  return json;
}

}  // namespace

absl::StatusOr<Response> InferAnswer(const ModelInferResponse& answer,
                                     const BinaryOutputs& binary) {
  if (answer.outputs_size() != answer.raw_output_contents_size()) {
    return absl::InternalError("the server's outputs are not raw");
  }
  std::string json = absl::StrCat(Head(answer), ",\"outputs\":[");
  std::string tail;
  bool has_tail = false;
  for (int i = 0; i < answer.outputs_size(); ++i) {
    if (i > 0) json += ',';
    const auto& output = answer.outputs(i);
    const std::string& raw = answer.raw_output_contents(i);
    const bool is_binary = binary.Has(output.name());
    if (!AppendOutput(output, raw, is_binary, json)) {
      return absl::InternalError("the server's output is not of its type");
    }
    if (is_binary) tail += raw;
    has_tail = has_tail || is_binary;
  }
  json += "]}";
  if (!has_tail) return JsonResponse(json + "\n");
  Response response;
  response.headers = {{"Content-Type", "application/octet-stream"},
                      {kJsonBytesHeader, absl::StrCat(json.size())}};
  response.body = std::move(json) + tail;
  return response;
}

}  // namespace wanwu::gateway
