#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "absl/status/statusor.h"

namespace wanwu::gateway {

// JSON_MALFORMED.
absl::Status MalformedJson(std::string_view why);

// Thrown by a parser's callback to end the parsing: nlohmann's parser has no
// other way to be stopped.
struct JsonRefused {
  absl::Status why;
};

// The object that a body is. `check` is told of each event of the parser's.
absl::StatusOr<nlohmann::json> ParseJsonObject(
    std::string_view body, const nlohmann::json::parser_callback_t& check);

}  // namespace wanwu::gateway
