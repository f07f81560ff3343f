#pragma once

#include <cstddef>

namespace wanwu::model::trunk {

// What activations and weights are while a trunk runs. Sums are float32, or
// int32 for kInt8, whose activations are unsigned bytes.
enum class Arithmetic { kFloat32, kBfloat16, kInt8 };

constexpr size_t ElementBytes(Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::kFloat32:
      return 4;
    case Arithmetic::kBfloat16:
      return 2;
    case Arithmetic::kInt8:
      return 1;
  }
  return 0;
}

}  // namespace wanwu::model::trunk
