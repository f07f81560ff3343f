// The 3 × 3 convolutions of ResNet-18 in float32, by each algorithm.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "server/model/trunk/lane_trunk.h"

namespace wanwu::model::trunk {
namespace {

Operation MakeConvolution(int channels) {
  const auto wide = static_cast<size_t>(channels);
  auto weights = std::make_shared<ConvolutionWeights>();
  weights->values.resize(wide * wide * 9);
  for (size_t i = 0; i < weights->values.size(); ++i) {
    weights->values[i] = static_cast<float>(i % 17) / 100 - 0.08F;
  }
  weights->bias.resize(wide);
  Convolution convolution;
  convolution.in_channels = convolution.out_channels = channels;
  convolution.kernel = {3, 3};
  convolution.padding = {1, 1, 1, 1};
  convolution.clip = kRelu;
  convolution.weights = std::move(weights);
  return {.kind = convolution, .sources = {0}, .target = 1, .name = "only"};
}

// Channels, side, pictures. On one thread, with what it reads in its caches.
void Convolve(benchmark::State& state, Algorithm algorithm) {
  const auto channels = static_cast<int>(state.range(0));
  const auto side = static_cast<int>(state.range(1));
  const auto batch = static_cast<int>(state.range(2));
  const Activation input{.channels = channels, .height = side, .width = side};
  const std::vector<Operation> operations = {MakeConvolution(channels)};
  const PackedTrunk packed(Fuse(operations, 1, input).value(),
                           Arithmetic::kFloat32, algorithm);
  LaneTrunk lane(packed);
  std::fill_n(reinterpret_cast<float*>(lane.Input(batch)), input.size() * batch,
              0.5F);
  for (auto _ : state) benchmark::DoNotOptimize(lane.Run(batch).data());
  state.SetItemsProcessed(state.iterations() * batch);
}

void Shapes(benchmark::internal::Benchmark* bench) {
  for (const int batch : {1, 8}) {
    for (const int side : {56, 28, 14, 7}) {
      bench->Args({64 * 56 / side, side, batch});
    }
  }
  bench->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(Convolve, direct, Algorithm::kDirect)->Apply(Shapes);
BENCHMARK_CAPTURE(Convolve, winograd2, Algorithm::kWinograd2)->Apply(Shapes);
BENCHMARK_CAPTURE(Convolve, winograd4, Algorithm::kWinograd4)->Apply(Shapes);

}  // namespace
}  // namespace wanwu::model::trunk
