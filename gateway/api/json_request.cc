#include "gateway/api/json_request.h"

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/api/base64_text.h"
#include "gateway/api/checked_json.h"
#include "gateway/api/classify_options.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

using nlohmann::json;

// More names, values, beginnings and ends than a picture can need, so that what
// is parsed never takes many times the memory of the text.
constexpr std::int64_t kEventsOfRequest = 32;

// As the gRPC API has it.
constexpr std::size_t kMaxIdBytes = 256;

absl::StatusOr<json> Parse(std::string_view body, const RequestLimits& limits) {
  std::int64_t left = kEventsOfRequest * (limits.max_pictures + 1);
  const auto check = [&](int depth, json::parse_event_t /*event*/,
                         json& /*parsed*/) {
    if (depth > limits.max_json_depth) {
      throw JsonRefused{MalformedJson(
          absl::StrCat("nested deeper than ", limits.max_json_depth))};
    }
    if (--left < 0) {
      throw JsonRefused{MalformedJson(absl::StrCat(
          "more values than ", limits.max_pictures, " pictures have"))};
    }
    return true;
  };
  return ParseJsonObject(body, check);
}

std::string ShownName(const std::string& name) { return name.substr(0, 64); }

// The text's memory is free afterwards.
absl::Status SetImage(const std::string& field, std::size_t limit, json& value,
                      v1::ClassifyRequest& request) {
  if (!value.is_string()) return FieldError(field, "expected a base64 string");
  const std::string text = std::move(value.get_ref<std::string&>());
  absl::StatusOr<std::string> image = DecodeBase64(field, text);
  if (!image.ok()) return image.status();
  if (image->size() > limit) return ImageTooLargeError(limit);
  request.set_image(*std::move(image));
  return absl::OkStatus();
}

// As proto3's JSON has it: 5.0 and 5e0 are 5, too.
bool IsWhole(double number) {
  constexpr double kLargest = 1e15;  // Doubles below it are exact.
  return std::trunc(number) == number && std::abs(number) <= kLargest;
}

absl::Status UnknownField(const std::string& field, const std::string& name) {
  // Of a list's item, not of the body itself.
  if (field != ShownName(name)) return FieldError(field, "unknown field");
  return FieldError(field,
                    name == "inputs" || name == "instances"
                        ? "unknown field; expected image or requests; the Open "
                          "Inference Protocol is at /v2/models/MODEL/infer"
                        : "unknown field; expected image or requests");
}

absl::Status SetOption(const std::string& field, const std::string& name,
                       const json& value, v1::ClassifyRequest& request) {
  std::string text;
  bool readable = true;
  if (value.is_string()) {
    text = value.get<std::string>();
  } else if (value.is_number() && IsWhole(value.get<double>())) {
    text = std::to_string(static_cast<std::int64_t>(value.get<double>()));
  } else {
    readable = false;
  }
  const absl::Status status = SetClassifyOption(name, field, text, request);
  if (absl::IsNotFound(status)) return UnknownField(field, name);
  return readable ? status
                  : FieldError(field, "expected a string or a whole number");
}

// `path` is the object's: "" or "requests[1].request". A picture that is too
// large leaves its reason in `picture`; other errors are the whole body's.
absl::Status ReadRequest(const std::string& path, const RequestLimits& limits,
                         json& object, JsonPicture& picture) {
  if (!object.is_object()) return FieldError(path, "expected an object");
  v1::ClassifyRequest request = *std::move(picture.request);
  absl::Status too_large;
  for (auto& [name, value] : object.items()) {
    if (value.is_null()) continue;
    const std::string field =
        absl::StrCat(path, path.empty() ? "" : ".", ShownName(name));
    const absl::Status status =
        name == "image"
            ? SetImage(field, limits.max_image_bytes, value, request)
            : SetOption(field, name, value, request);
    if (HasReason(status, kImageTooLarge)) {
      too_large = status;
    } else if (!status.ok()) {
      return status;
    }
  }
  picture.request = std::move(request);
  if (!too_large.ok()) picture.request = too_large;
  return absl::OkStatus();
}

absl::Status ReadItem(const std::string& path, const RequestLimits& limits,
                      json& object, JsonPicture& item) {
  if (!object.is_object()) return FieldError(path, "expected an object");
  for (auto& [name, value] : object.items()) {
    const std::string field = absl::StrCat(path, ".", ShownName(name));
    if (value.is_null()) continue;
    if (name == "id") {
      if (!value.is_string()) return FieldError(field, "expected a string");
      item.id = value.get<std::string>();
      if (item.id.size() > kMaxIdBytes) {
        return FieldError(field,
                          absl::StrCat("more than ", kMaxIdBytes, " bytes"));
      }
    } else if (name == "request") {
      const absl::Status status = ReadRequest(field, limits, value, item);
      if (!status.ok()) return status;
    } else {
      return FieldError(field, "unknown field");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadList(json& list, const v1::ClassifyRequest& defaults,
                      const RequestLimits& limits, JsonRequest& out) {
  if (!list.is_array()) return FieldError("requests", "expected a list");
  if (list.size() > static_cast<std::size_t>(limits.max_pictures)) {
    return FieldError("requests", absl::StrCat("at most ", limits.max_pictures,
                                               " pictures in one request"));
  }
  for (json& object : list) {
    const std::string number = absl::StrCat(out.pictures.size());
    JsonPicture& item = out.pictures.emplace_back(number, defaults);
    const absl::Status status =
        ReadItem(absl::StrCat("requests[", number, "]"), limits, object, item);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<JsonRequest> ParseJsonRequest(
    std::string body, const v1::ClassifyRequest& defaults,
    const RequestLimits& limits) {
  absl::StatusOr<json> parsed = Parse(body, limits);
  body = {};
  if (!parsed.ok()) return parsed.status();
  JsonRequest request;
  if (const auto list = parsed->find("requests"); list != parsed->end()) {
    request.is_list = true;
    if (parsed->size() > 1) {
      return FieldError("requests", "no other field may stand beside it");
    }
    const absl::Status status = ReadList(*list, defaults, limits, request);
    if (!status.ok()) return status;
    return request;
  }
  JsonPicture& one = request.pictures.emplace_back("", defaults);
  const absl::Status status = ReadRequest("", limits, *parsed, one);
  if (!status.ok()) return status;
  return request;
}

}  // namespace wanwu::gateway
