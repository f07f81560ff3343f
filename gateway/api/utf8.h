#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace wanwu::gateway {

// Protobuf's strings must be UTF-8.
inline bool IsUtf8(std::string_view text) {
  try {
    // Its writer checks.
    nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

}  // namespace wanwu::gateway
