#include "server/model/input_table.h"

#include <algorithm>

#include "server/model/normalised_input.h"

namespace wanwu::model {

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
  const Quantiser quantise(quantisation);
  InputTable<uint8_t> table = {};
  for (size_t c = 0; c < table.size(); ++c) {
    for (size_t byte = 0; byte < 256; ++byte) {
      table[c][byte] = quantise(values[c][byte]);
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
