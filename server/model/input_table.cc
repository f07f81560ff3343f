#include "server/model/input_table.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace wanwu::model {
namespace {

uint8_t Quantise(float value, const InputQuantisation& quantisation) {
  const float reciprocal = 1.0F / static_cast<float>(quantisation.scale);
  // Clamped as float first: the product may be beyond any integer.
  const float steps = std::clamp(value * reciprocal, -512.0F, 512.0F);
  // nearbyint rounds halves to even, as torch does.
  const int byte =
      static_cast<int>(std::nearbyint(steps)) + quantisation.zero_point;
  return static_cast<uint8_t>(std::clamp(byte, 0, 255));
}

// Finite values only.
Bfloat16 RoundToBfloat16(float value) {
  constexpr uint32_t kDroppedBits = 16;
  const auto bits = std::bit_cast<uint32_t>(value);
  const uint32_t last_kept = bits >> kDroppedBits & 1U;
  constexpr uint32_t kJustUnderHalf = (1U << (kDroppedBits - 1)) - 1;
  return static_cast<Bfloat16>((bits + kJustUnderHalf + last_kept) >>
                               kDroppedBits);
}

}  // namespace

InputTable<float> MakeFloatTable(const InputSpec& input) {
  InputTable<float> table = {};
  for (size_t c = 0; c < table.size(); ++c) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const float unit = static_cast<float>(byte) / input.divisor;
      table[c][byte] = (unit - input.mean[c]) / input.std[c];
    }
  }
  return table;
}

InputTable<uint8_t> MakeQuantisedTable(const InputSpec& input,
                                       const InputQuantisation& quantisation) {
  const InputTable<float> values = MakeFloatTable(input);
  InputTable<uint8_t> table = {};
  for (size_t c = 0; c < table.size(); ++c) {
    for (size_t byte = 0; byte < 256; ++byte) {
      table[c][byte] = Quantise(values[c][byte], quantisation);
    }
  }
  return table;
}

InputTable<Bfloat16> MakeBfloat16Table(const InputSpec& input) {
  const InputTable<float> values = MakeFloatTable(input);
  InputTable<Bfloat16> table = {};
  for (size_t c = 0; c < table.size(); ++c) {
    std::transform(values[c].begin(), values[c].end(), table[c].begin(),
                   RoundToBfloat16);
  }
  return table;
}

}  // namespace wanwu::model
