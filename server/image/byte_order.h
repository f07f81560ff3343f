#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace wanwu::image {

// Up to four bytes as a number.
constexpr uint32_t FromBigEndian(std::span<const uint8_t> bytes) {
  uint32_t value = 0;
  for (const uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

constexpr uint32_t FromLittleEndian(std::span<const uint8_t> bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) value = value << 8 | bytes[i - 1];
  return value;
}

}  // namespace wanwu::image
