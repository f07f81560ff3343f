// Forming a batch: every byte of its pictures becomes the model's input.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "server/model/input_table.h"

namespace wanwu::model {
namespace {

constexpr size_t kPictureBytes = size_t{224} * 224 * 3;

template <typename Value>
void FormBatch(benchmark::State& state) {
  InputTable<Value> table{};
  for (auto& channel : table) {
    for (size_t byte = 0; byte < channel.size(); ++byte) {
      channel[byte] = static_cast<Value>(byte);
    }
  }
  const auto bytes = static_cast<size_t>(state.range(0)) * kPictureBytes;
  std::vector<uint8_t> pixels(bytes);
  for (size_t i = 0; i < bytes; ++i) pixels[i] = static_cast<uint8_t>(i * 7);
  std::vector<Value> values(bytes);
  for (auto _ : state) {
    LookUp<Value>(table, pixels, values);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(FormBatch<float>)->Arg(1)->Arg(8);
BENCHMARK(FormBatch<uint8_t>)->Arg(1)->Arg(8);

}  // namespace
}  // namespace wanwu::model
