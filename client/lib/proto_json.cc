#include "client/lib/proto_json.h"

#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>

namespace wanwu::client {

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  // Only a malformed Any or Duration fails.
  return status.ok() ? json : "{}";
}

std::string JsonString(std::string_view text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace wanwu::client
