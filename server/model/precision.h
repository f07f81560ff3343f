#pragma once

#include <array>
#include <string_view>

namespace wanwu::model {

// Arithmetic that a model runs in. kBf16 is made from the fp32 file when the
// model is loaded: weights and activations in bfloat16, sums in float32.
enum class Precision { kFp32, kBf16, kInt8 };

inline constexpr std::array kPrecisions = {Precision::kFp32, Precision::kBf16,
                                           Precision::kInt8};

constexpr std::string_view PrecisionName(Precision precision) {
  switch (precision) {
    case Precision::kFp32:
      return "fp32";
    case Precision::kBf16:
      return "bf16";
    case Precision::kInt8:
      return "int8";
  }
  return "";
}

}  // namespace wanwu::model
