#pragma once

#include <google/protobuf/message.h>

#include <nlohmann/json.hpp>

namespace wanwu::gateway {

// A message of the Open Inference Protocol as its REST form has it: the proto's
// names, 64-bit numbers as numbers, enums by name, every field. Not for bytes
// and maps.
nlohmann::ordered_json MessageJson(const google::protobuf::Message& message);

// The same of a list of messages.
template <typename Messages>
nlohmann::ordered_json ListJson(const Messages& messages) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& message : messages) list.push_back(MessageJson(message));
  return list;
}

}  // namespace wanwu::gateway
