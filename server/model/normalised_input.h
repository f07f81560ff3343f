#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "server/image/pixel_tensor.h"
#include "server/model/manifest.h"
#include "server/model/precision.h"

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
    // The sum has no bits for a fraction, and is rounded with halves to even:
    // std::nearbyint, without a call for each value.
    constexpr float kNoFraction = 3 << 22;
    const int byte =
        static_cast<int>((steps + kNoFraction) - kNoFraction) + zero_point_;
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
  // `precision` says what of a model without quantisation is computed in.
  NormalisedInput(const std::optional<InputQuantisation>& quantisation,
                  Precision precision);

  // `picture.normalised` becomes `picture.prepared`. Throws bad_alloc, and then
  // has changed nothing.
  void Prepare(image::PixelTensor& picture) const;

  // Of each value in `prepared`.
  size_t value_bytes() const;

 private:
  std::optional<Quantiser> quantise_;
  bool bfloat16_;
};

}  // namespace wanwu::model
