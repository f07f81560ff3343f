#pragma once

#include <cstddef>
#include <cstdint>

#include "server/image/resample.h"

// What resample.h does, a number at a time: the reference for its vector code,
// and what that leaves over.
namespace wanwu::image::scalar {

// The pixel of output `index` alone, to `out`.
void ResamplePixel(const AxisKernel& kernel, int index, const uint8_t* row,
                   uint8_t* out);

void ResampleAlongRow(const AxisKernel& kernel, const uint8_t* row,
                      uint8_t* out);

void ResampleDownColumns(const WeightedRows& in, std::span<uint8_t> out);

}  // namespace wanwu::image::scalar
