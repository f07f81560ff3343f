#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// How option values are read from text, checked and written as text again.
namespace wanwu::options {

// Both ends are allowed.
template <typename T>
struct Limits {
  T min;
  T max;
};

// One type of value. `parse` refuses what is malformed or out of limits with a
// message that says why, without the value; parse(format(v)) gives v for every
// allowed v.
template <typename T>
struct ValueType {
  std::string placeholder;  // for --name=PLACEHOLDER
  std::string expected;     // what is allowed, for people
  std::function<absl::StatusOr<T>(std::string_view)> parse;
  std::function<std::string(const T&)> format;
};

enum class Emptiness { kAllowed, kRefused };

absl::Status NotOneOf(std::string_view expected);
ValueType<int64_t> WholeNumber64(Limits<int64_t> limits);

// Decimal digits only.
template <typename T>
ValueType<T> WholeNumber(Limits<T> limits) {
  const ValueType<int64_t> wide = WholeNumber64({limits.min, limits.max});
  return {.placeholder = wide.placeholder,
          .expected = wide.expected,
          .parse = [wide](std::string_view text) -> absl::StatusOr<T> {
            const absl::StatusOr<int64_t> value = wide.parse(text);
            if (!value.ok()) return value.status();
            return static_cast<T>(*value);
          },
          .format = [](const T& value) { return std::to_string(value); }};
}

// Decimal, such as "0.01"; 0 and 1 are allowed.
ValueType<double> Fraction();

// "500us", "2ms", "1.5s", "1m30s"; "0" alone needs no unit. Whole microseconds.
ValueType<std::chrono::microseconds> Duration(
    Limits<std::chrono::microseconds> limits);

// "20000000", "16MiB", "20MB": B, kB, MB, GB, TB, KiB, MiB, GiB, TiB.
ValueType<size_t> ByteSize(Limits<size_t> limits);

// "true" or "false".
ValueType<bool> Boolean();

ValueType<std::string> Text(Emptiness emptiness);
// A file or directory, which need not exist.
ValueType<std::string> Path(Emptiness emptiness);

// "host:port", "[::1]:port" or "unix:/path". Port 0 is any free one.
ValueType<std::string> Address(Emptiness emptiness = Emptiness::kRefused);
// The same without "unix:/path".
ValueType<std::string> TcpAddress();

// `choices` pairs each word with its value.
template <typename E>
ValueType<E> OneOf(std::vector<std::pair<std::string, E>> choices) {
  std::string expected;
  for (const auto& [word, value] : choices) {
    if (!expected.empty()) expected += '|';
    expected += word;
  }
  return {
      .placeholder = expected,
      .expected = expected,
      .parse = [choices, expected](std::string_view text) -> absl::StatusOr<E> {
        for (const auto& [word, value] : choices) {
          if (word == text) return value;
        }
        return NotOneOf(expected);
      },
      .format =
          [choices](const E& sought) {
            for (const auto& [word, value] : choices) {
              if (value == sought) return word;
            }
            return std::string("?");
          }};
}

}  // namespace wanwu::options
