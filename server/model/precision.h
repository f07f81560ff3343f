#pragma once

#include <string_view>

namespace wanwu::model {

// Arithmetic that a model runs in.
enum class Precision { kFp32, kInt8 };

constexpr std::string_view PrecisionName(Precision precision) {
  return precision == Precision::kInt8 ? "int8" : "fp32";
}

}  // namespace wanwu::model
