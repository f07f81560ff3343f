#include "gateway/api/base64_text.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

// Of a data URL what is behind its ','. nullopt: one that is not base64.
std::optional<std::string_view> Base64In(std::string_view text) {
  constexpr std::string_view kScheme = "data:";
  constexpr std::string_view kCoding = ";base64";
  if (!text.starts_with(kScheme)) return text;
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos ||
      !text.substr(0, comma).ends_with(kCoding)) {
    return std::nullopt;
  }
  return text.substr(comma + 1);
}

}  // namespace

absl::StatusOr<std::string> DecodeBase64(std::string_view field,
                                         std::string_view text) {
  const auto base64 = Base64In(text);
  if (!base64) return FieldError(field, "a data URL that is not base64");
  const absl::string_view coded(base64->data(), base64->size());
  std::string bytes;
  if (!absl::Base64Unescape(coded, &bytes) &&
      !absl::WebSafeBase64Unescape(coded, &bytes)) {
    return FieldError(field, "not base64");
  }
  return bytes;
}

}  // namespace wanwu::gateway
