#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "server/image/axis_kernel.h"

// How resample.cc takes one of four taps out of a block of 16 bytes.
namespace wanwu::image {

inline constexpr int kChannels = 3;
inline constexpr int kBlockBytes = 16;

// For each tap: where in the block each of 16 bytes comes from.
using TapTable =
    std::array<std::array<uint8_t, kBlockBytes>, AxisKernel::kTapsAtOnce>;

// Defined elsewhere, so that they are loaded into registers once: GCC 12 would
// make constants that it knows anew for each output.

// From four pixels or more, the channels of the tap's, as numbers of 32 bits,
// and a zero.
extern const TapTable kPixelTable;
// From four weights, the tap's, four times.
extern const TapTable kWeightTable;

}  // namespace wanwu::image
