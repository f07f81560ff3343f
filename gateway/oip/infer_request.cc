#include "gateway/oip/infer_request.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/oip/infer_json.h"
#include "gateway/oip/parameters.h"
#include "gateway/oip/raw_elements.h"

namespace wanwu::gateway {
namespace {

using inference::ModelInferRequest;
using nlohmann::json;

constexpr char kBinarySize[] = "binary_data_size";

// Null where the object has not that field, or null in it.
const json* Field(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

absl::Status ReadText(const std::string& path, const json& object,
                      const char* name, bool required, std::string& text) {
  const json* field = Field(object, name);
  if (field == nullptr && !required) return absl::OkStatus();
  if (field == nullptr || !field->is_string()) {
    return FieldError(absl::StrCat(path, name), "expected a string");
  }
  text = field->get<std::string>();
  return absl::OkStatus();
}

absl::Status ReadShape(const std::string& path, const json& object,
                       ModelInferRequest::InferInputTensor& tensor) {
  const json* shape = Field(object, "shape");
  const auto wrong = [&path] {
    return FieldError(absl::StrCat(path, "shape"),
                      "expected a list of whole numbers");
  };
  if (shape == nullptr || !shape->is_array()) return wrong();
  for (const json& size : *shape) {
    // Unsigned ones beyond int64 come out negative, which the server refuses.
    if (!size.is_number_integer()) return wrong();
    tensor.add_shape(size.get<std::int64_t>());
  }
  return absl::OkStatus();
}

// Binary data, taken bit by bit.
class BinaryTail {
 public:
  BinaryTail(std::string_view bytes, BudgetShare& share)
      : bytes_(bytes), share_(share) {}

  absl::StatusOr<std::string> Take(const std::string& field,
                                   const inference::InferParameter& size) {
    if (!size.has_int64_param() || size.int64_param() < 0) {
      return FieldError(field, "expected a number of bytes");
    }
    const auto count = static_cast<std::uint64_t>(size.int64_param());
    if (count > bytes_.size()) {
      return FieldError(field,
                        absl::StrCat(count, " bytes, but only ", bytes_.size(),
                                     " are left behind the JSON"));
    }
    if (!share_.TryGrow(count)) return BufferFullError(share_.limit());
    std::string taken(bytes_.substr(0, count));
    bytes_.remove_prefix(count);
    return taken;
  }

  std::size_t left() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  BudgetShare& share_;
};

absl::Status ReadInput(const std::string& path, const json& object,
                       TensorData& data, BinaryTail& tail,
                       ModelInferRequest& message) {
  auto& tensor = *message.add_inputs();
  absl::Status status =
      ReadText(path, object, "name", true, *tensor.mutable_name());
  status.Update(
      ReadText(path, object, "datatype", true, *tensor.mutable_datatype()));
  status.Update(ReadShape(path, object, tensor));
  if (const json* parameters = Field(object, "parameters")) {
    status.Update(ReadParameters(absl::StrCat(path, "parameters"), *parameters,
                                 *tensor.mutable_parameters()));
  }
  if (!status.ok()) return status;
  const json* list = Field(object, "data");
  const std::string data_field = absl::StrCat(path, "data");
  auto& parameters = *tensor.mutable_parameters();
  const auto size = parameters.find(kBinarySize);
  const bool is_binary = size != parameters.end();
  if (is_binary == (list != nullptr)) {
    return FieldError(data_field,
                      "expected a list, or else the parameter "
                      "binary_data_size");
  }
  if (!is_binary && !list->is_array()) {
    return FieldError(data_field, "expected a list");
  }
  absl::StatusOr<std::string> contents =
      is_binary ? tail.Take(absl::StrCat(path, "parameters.", kBinarySize),
                            size->second)
                : data.Take(data_field, tensor.datatype());
  if (!contents.ok()) return contents.status();
  if (is_binary) parameters.erase(size);
  *message.add_raw_input_contents() = *std::move(contents);
  return absl::OkStatus();
}

absl::Status ReadInputs(InferJson& parsed, BinaryTail& tail,
                        ModelInferRequest& message) {
  const json* inputs = Field(parsed.head, "inputs");
  if (inputs == nullptr || !inputs->is_array() || inputs->empty()) {
    return FieldError("inputs", "expected a list of tensors");
  }
  for (const json& input : *inputs) {
    if (!input.is_object()) return FieldError("inputs", "expected objects");
  }
  for (std::size_t i = 0; i < inputs->size(); ++i) {
    const absl::Status status =
        ReadInput(absl::StrCat("inputs[", i, "]."), (*inputs)[i],
                  parsed.data[i], tail, message);
    if (!status.ok()) return status;
  }
  if (tail.left() == 0) return absl::OkStatus();
  return FieldError(
      "inputs",
      absl::StrCat(tail.left(), " bytes behind the JSON belong to none"));
}

absl::Status ReadOutputs(const json& head, InferRequest& request) {
  const json* outputs = Field(head, "outputs");
  if (outputs == nullptr) return absl::OkStatus();
  if (!outputs->is_array()) return FieldError("outputs", "expected a list");
  for (std::size_t i = 0; i < outputs->size(); ++i) {
    const std::string path = absl::StrCat("outputs[", i, "]");
    const json& output = (*outputs)[i];
    if (!output.is_object()) return FieldError(path, "expected an object");
    auto& wanted = *request.message.add_outputs();
    absl::Status status = ReadText(absl::StrCat(path, "."), output, "name",
                                   true, *wanted.mutable_name());
    const std::string field = absl::StrCat(path, ".parameters");
    if (const json* parameters = Field(output, "parameters")) {
      status.Update(
          ReadParameters(field, *parameters, *wanted.mutable_parameters()));
    }
    if (!status.ok()) return status;
    const absl::StatusOr<bool> binary =
        TakeBool(field, "binary_data", request.binary.others,
                 *wanted.mutable_parameters());
    if (!binary.ok()) return binary.status();
    request.binary.named[wanted.name()] = *binary;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<InferRequest> PictureRequest(std::string_view picture,
                                            BudgetShare& share) {
  InferRequest request;
  auto& input = *request.message.add_inputs();
  input.set_name("image");
  input.set_datatype("BYTES");
  input.add_shape(1);
  if (!share.TryGrow(picture.size())) return BufferFullError(share.limit());
  AppendElement(picture, *request.message.add_raw_input_contents());
  return request;
}

absl::StatusOr<InferRequest> ParseInferRequest(std::string_view body,
                                               std::size_t json_bytes,
                                               int max_json_depth,
                                               BudgetShare& share) {
  absl::StatusOr<InferJson> parsed =
      ParseInferJson(body.substr(0, json_bytes), max_json_depth, share);
  if (!parsed.ok()) return parsed.status();
  InferRequest request;
  ModelInferRequest& message = request.message;
  absl::Status status =
      ReadText("", parsed->head, "id", false, *message.mutable_id());
  if (const json* parameters = Field(parsed->head, "parameters")) {
    status.Update(ReadParameters("parameters", *parameters,
                                 *message.mutable_parameters()));
  }
  if (!status.ok()) return status;
  const absl::StatusOr<bool> binary = TakeBool(
      "parameters", "binary_data_output", false, *message.mutable_parameters());
  if (!binary.ok()) return binary.status();
  request.binary.others = *binary;
  status = ReadOutputs(parsed->head, request);
  if (!status.ok()) return status;
  BinaryTail tail(body.substr(json_bytes), share);
  status = ReadInputs(*parsed, tail, message);
  if (!status.ok()) return status;
  return request;
}

}  // namespace wanwu::gateway
