#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "server/image/pixel_tensor.h"
#include "server/model/bfloat16.h"
#include "server/model/manifest.h"

namespace wanwu::model {

// What each byte of each channel becomes: table[channel][byte].
template <typename Value>
using InputTable = std::array<std::array<Value, 256>, 3>;

// (byte / divisor - mean[c]) / std[c] in float arithmetic, the same bits as
// torchvision's ToTensor and Normalize give.
InputTable<float> MakeFloatTable(const InputSpec& input);

// The float table quantised, the same bytes as torch.quantize_per_tensor gives:
// scaled by the reciprocal, halves to even, clamped to 0 … 255.
InputTable<uint8_t> MakeQuantisedTable(const InputSpec& input,
                                       const InputQuantisation& quantisation);

// The float table rounded to the nearest bfloat16, halves to even.
InputTable<Bfloat16> MakeBfloat16Table(const InputSpec& input);

// Looks up every byte of `pixels` (RGB, interleaved) into `values`, which has
// the same size and layout.
template <typename Value>
void LookUp(const InputTable<Value>& table, std::span<const uint8_t> pixels,
            std::span<Value> values) {
  for (size_t i = 0; i + 3 <= pixels.size(); i += 3) {
    values[i] = table[0][pixels[i]];
    values[i + 1] = table[1][pixels[i + 1]];
    values[i + 2] = table[2][pixels[i + 2]];
  }
}

// Writes a batch's pictures to `values`, one after the other: every byte looked
// up, or what was prepared as it is.
template <typename Value>
void FillInput(const InputTable<Value>& table,
               std::span<const image::PixelTensor* const> batch,
               Value* values) {
  for (const image::PixelTensor* picture : batch) {
    if (!picture->prepared.empty()) {
      std::memcpy(values, picture->prepared.data(), picture->prepared.size());
      values += picture->prepared.size() / sizeof(Value);
      continue;
    }
    const size_t size = picture->values.size();
    LookUp<Value>(table, picture->values, {values, size});
    values += size;
  }
}

}  // namespace wanwu::model
