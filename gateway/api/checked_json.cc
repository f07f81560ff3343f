#include "gateway/api/checked_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {

using nlohmann::json;

absl::Status MalformedJson(std::string_view why) {
  return GatewayError(absl::StatusCode::kInvalidArgument, kJsonMalformed,
                      absl::StrCat("malformed JSON: ", std::string(why)));
}

absl::StatusOr<json> ParseJsonObject(std::string_view body,
                                     const json::parser_callback_t& check) {
  json parsed;
  try {
    parsed = json::parse(body.begin(), body.end(), check);
  } catch (const JsonRefused& refused) {
    return refused.why;
  } catch (const json::parse_error& error) {
    return MalformedJson(absl::StrCat("at byte ", error.byte));
  } catch (const json::exception& error) {
    // Text that is none, or a number that no double holds.
    return MalformedJson("a value that cannot be read");
  }
  if (!parsed.is_object()) return MalformedJson("expected an object");
  return parsed;
}

}  // namespace wanwu::gateway
