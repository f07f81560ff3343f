#pragma once

#include <cstdint>

namespace wanwu::model::trunk {

// What activations and weights are while a trunk runs. Sums are float32, or
// int32 for kInt8, whose activations are unsigned bytes, but for those without
// an affine, which are float32.
enum class Arithmetic { kFloat32, kBfloat16, kInt8 };

// Of a value that is not a byte.
constexpr int64_t FloatBytes(Arithmetic arithmetic) {
  return arithmetic == Arithmetic::kBfloat16 ? 2 : 4;
}

}  // namespace wanwu::model::trunk
