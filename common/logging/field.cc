#include "common/logging/field.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace wanwu::logging {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kCut = "…";

bool IsContinuationByte(char c) { return (c & 0xC0) == 0x80; }

std::string Bounded(std::string_view text) {
  if (text.size() <= kMaxTextBytes) return std::string(text);
  size_t end = kMaxTextBytes;
  while (end > 0 && IsContinuationByte(text[end])) --end;
  return std::string(text.substr(0, end)).append(kCut);
}

std::string Dump(const ordered_json& json, bool ensure_ascii) {
  return json.dump(-1, ' ', ensure_ascii,
                   ordered_json::error_handler_t::replace);
}

// DEL and the C1 controls (U+0080 to U+009F), which a terminal may obey and
// JSON does not escape.
bool HoldsLateControl(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == 0x7F) return true;
    if (byte != 0xC2 || i + 1 == text.size()) continue;
    if (static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

bool NeedsQuotes(std::string_view text) {
  return text.empty() || std::any_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || c == '"' ||
                  c == '=' || c == '\\';
         });
}

std::string TextValue(std::string_view text) {
  const std::string quoted = Dump(Bounded(text), HoldsLateControl(text));
  const std::string_view inner(quoted.data() + 1, quoted.size() - 2);
  return NeedsQuotes(inner) ? quoted : std::string(inner);
}

ordered_json JsonValue(const Field::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return Bounded(*text);
  }
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::get<bool>(value);
}

}  // namespace

std::string RenderText(std::string_view event, const Fields& fields) {
  std::string line(event);
  for (const Field& field : fields) {
    line.append(" ").append(field.key).append("=");
    const auto* text = std::get_if<std::string>(&field.value);
    line += text == nullptr ? Dump(JsonValue(field.value), false)
                            : TextValue(*text);
  }
  return line;
}

std::string RenderJsonMembers(std::string_view event, const Fields& fields) {
  ordered_json object;
  object["event"] = event;
  for (const Field& field : fields) object[field.key] = JsonValue(field.value);
  const std::string text = Dump(object, false);
  return text.substr(1, text.size() - 2);
}

}  // namespace wanwu::logging
