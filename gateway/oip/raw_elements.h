#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace wanwu::gateway {

// Raw contents are little-endian, as are the CPUs that we run on. An element of
// BYTES stands behind its length.

template <typename T>
std::string_view BytesOf(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

// The value that `bytes` begin with, taken off. nullopt: they are too few.
template <typename T>
std::optional<T> TakeValue(std::string_view& bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return value;
}

inline void AppendElement(std::string_view element, std::string& bytes) {
  bytes.append(BytesOf(static_cast<std::uint32_t>(element.size())));
  bytes.append(element);
}

inline std::optional<std::string_view> TakeElement(std::string_view& bytes) {
  const auto size = TakeValue<std::uint32_t>(bytes);
  if (!size || *size > bytes.size()) return std::nullopt;
  const std::string_view element = bytes.substr(0, *size);
  bytes.remove_prefix(*size);
  return element;
}

}  // namespace wanwu::gateway
