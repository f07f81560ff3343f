#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wanwu::logging {

// Text longer than this many bytes is cut and marked with "…", so that a
// caller's input cannot flood the log.
inline constexpr size_t kMaxTextBytes = 1024;

// One key with its value on a log line. The key is snake_case and not "time",
// "level" or "event".
struct Field {
  using Value = std::variant<std::string, int64_t, double, bool>;

  Field(std::string_view name, std::string_view text)
      : key(name), value(std::string(text)) {}
  Field(std::string_view name, const char* text)
      : Field(name, std::string_view(text)) {}
  Field(std::string_view name, const std::string& text)
      : Field(name, std::string_view(text)) {}
  Field(std::string_view name, bool flag) : key(name), value(flag) {}
  Field(std::string_view name, std::integral auto number)
      : key(name), value(static_cast<int64_t>(number)) {}
  Field(std::string_view name, std::floating_point auto number)
      : key(name), value(static_cast<double>(number)) {}

  std::string key;
  Value value;
};

using Fields = std::vector<Field>;

// `event key=value …`. Text is quoted and escaped as in JSON where it is empty
// or holds anything but visible characters without '"', '=' and '\'.
std::string RenderText(std::string_view event, const Fields& fields);

// `"event":"…","key":value…`: the inside of a JSON object, on one line. Bytes
// that are not UTF-8 become U+FFFD.
std::string RenderJsonMembers(std::string_view event, const Fields& fields);

}  // namespace wanwu::logging
