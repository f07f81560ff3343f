#pragma once

#include <bit>
#include <cstdint>

namespace wanwu::model {

// The bits of a bfloat16: the upper half of a float's.
enum class Bfloat16 : uint16_t {};

// To the nearest, halves to even. Finite values only.
inline Bfloat16 RoundToBfloat16(float value) {
  constexpr uint32_t kDroppedBits = 16;
  const auto bits = std::bit_cast<uint32_t>(value);
  const uint32_t last_kept = bits >> kDroppedBits & 1U;
  constexpr uint32_t kJustUnderHalf = (1U << (kDroppedBits - 1)) - 1;
  return static_cast<Bfloat16>((bits + kJustUnderHalf + last_kept) >>
                               kDroppedBits);
}

}  // namespace wanwu::model
