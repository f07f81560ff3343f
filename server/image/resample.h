#pragma once

#include <cstdint>
#include <span>

#include "server/image/axis_kernel.h"

// The two passes of a resize, with the widest vectors of the CPU at hand. The
// same bytes on every CPU as those of resample_scalar.h, which says it in plain
// C++. Thread-safe.
namespace wanwu::image {

// `row` holds the kernel's source pixels from source_begin() to source_end(),
// three bytes each; nothing beyond is read. `out` has room for kernel.size()
// pixels and does not overlap `row`.
void ResampleAlongRow(const AxisKernel& kernel, const uint8_t* row,
                      uint8_t* out);

// As many rows as weights.
struct WeightedRows {
  std::span<const uint8_t* const> rows;
  std::span<const int32_t> weights;
};

// Each byte of `out` from those at its place in the rows, which are at least as
// long and do not overlap it.
void ResampleDownColumns(const WeightedRows& in, std::span<uint8_t> out);

}  // namespace wanwu::image
