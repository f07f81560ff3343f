// The 3 × 3 convolutions of ResNet-18 in float32, by each algorithm.

#include <benchmark/benchmark.h>

#include <algorithm>

#include "server/model/trunk/lane_trunk.h"
#include "tests/server/model/trunk/networks.h"

namespace wanwu::model::trunk {
namespace {

// Channels, side, pictures. On one thread, with what it reads in its caches.
void Convolve(benchmark::State& state, Algorithm algorithm) {
  const auto channels = static_cast<int>(state.range(0));
  const auto side = static_cast<int>(state.range(1));
  const auto batch = static_cast<int>(state.range(2));
  const Activation input{.channels = channels, .height = side, .width = side};
  NetworkBuilder network;
  Convolution convolution = MakeConvolution(channels, channels, 3);
  convolution.clip = kRelu;
  const ValueId result = network.Append(convolution, {kInputValue});
  const Trunk trunk = Fuse(network.operations(), result, input).value();
  const PackedTrunk packed(trunk, Arithmetic::kFloat32,
                           Everywhere(trunk, algorithm));
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
