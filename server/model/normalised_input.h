#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include "server/model/bfloat16.h"
#include "server/model/manifest.h"

namespace wanwu::model {

// The same bytes as torch.quantize_per_tensor gives: scaled by the reciprocal,
// halves to even, clamped to 0 … 255. For finite values.
class Quantiser {
 public:
  explicit Quantiser(const InputQuantisation& quantisation)
      : reciprocal_(1.0F / static_cast<float>(quantisation.scale)),
        zero_point_(quantisation.zero_point) {}

  uint8_t operator()(float value) const {
    // Clamped as float first: the product may be beyond any integer.
    const float steps = std::clamp(value * reciprocal_, -512.0F, 512.0F);
    // nearbyint rounds halves to even, as torch does.
    const int byte = static_cast<int>(std::nearbyint(steps)) + zero_point_;
    return static_cast<uint8_t>(std::clamp(byte, 0, 255));
  }

 private:
  float reciprocal_;
  int zero_point_;
};

// Brings pictures that callers have normalised into the form that a model
// takes: interleaved, and quantised or rounded where it computes so. Immutable.
class NormalisedInput {
 public:
  explicit NormalisedInput(const std::optional<InputQuantisation>& quantisation)
      : quantise_(quantisation.value_or(InputQuantisation{})) {}

  // `picture`: [3, height, width]; `values`: as many, [height, width, 3].
  template <typename Value>
  void Fill(std::span<const float> picture, std::span<Value> values) const {
    const size_t plane = picture.size() / 3;
    for (size_t i = 0; i < plane; ++i) {
      for (size_t c = 0; c < 3; ++c) {
        values[3 * i + c] = As<Value>(picture[c * plane + i]);
      }
    }
  }

 private:
  template <typename Value>
  Value As(float value) const {
    if constexpr (std::is_same_v<Value, uint8_t>) {
      return quantise_(value);
    } else if constexpr (std::is_same_v<Value, Bfloat16>) {
      return RoundToBfloat16(value);
    } else {
      return value;
    }
  }

  Quantiser quantise_;
};

}  // namespace wanwu::model
