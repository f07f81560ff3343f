#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "server/image/axis_kernel.h"

// How resample.cc takes one of four taps out of a block of 16 bytes.
namespace wanwu::image {

inline constexpr size_t kChannels = 3;
inline constexpr size_t kBlockBytes = 16;

// For each tap: where in the block each of 16 bytes comes from.
using TapTable =
    std::array<std::array<uint8_t, kBlockBytes>, AxisKernel::kTapsAtOnce>;
inline constexpr uint8_t kNowhere = 0x80;  // It is zero.

// From four pixels or more, the channels of the tap's, as numbers of 32 bits,
// and a zero.
constexpr TapTable MakePixelTable() {
  TapTable table{};
  for (size_t tap = 0; tap < table.size(); ++tap) {
    for (size_t i = 0; i < kBlockBytes; ++i) {
      const size_t channel = i / sizeof(int32_t);
      const bool holds_byte = i % sizeof(int32_t) == 0 && channel < kChannels;
      table[tap][i] = holds_byte
                          ? static_cast<uint8_t>(tap * kChannels + channel)
                          : kNowhere;
    }
  }
  return table;
}

// From four weights, the tap's, four times.
constexpr TapTable MakeWeightTable() {
  TapTable table{};
  for (size_t tap = 0; tap < table.size(); ++tap) {
    for (size_t i = 0; i < kBlockBytes; ++i) {
      table[tap][i] =
          static_cast<uint8_t>(tap * sizeof(int32_t) + i % sizeof(int32_t));
    }
  }
  return table;
}

inline constexpr TapTable kPixelTable = MakePixelTable();
inline constexpr TapTable kWeightTable = MakeWeightTable();

}  // namespace wanwu::image
