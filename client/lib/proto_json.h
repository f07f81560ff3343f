#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace wanwu::client {

// The message in the proto3 JSON mapping, on one line. Fields with their
// default value are written too, so that readers find every key.
std::string ToJson(const google::protobuf::Message& message);

// `text` as a JSON string with its quotes. Bytes that are not UTF-8 become
// U+FFFD.
std::string JsonString(std::string_view text);

}  // namespace wanwu::client
