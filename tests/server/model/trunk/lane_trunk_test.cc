// Every kind of layer, in every arithmetic, against the plainest computation.
#include "server/model/trunk/lane_trunk.h"

#include <omp.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <optional>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/trunk/networks.h"

namespace wanwu::model::trunk {
namespace {

using ::testing::FloatNear;
using ::testing::Pointwise;

constexpr Activation kInput{.channels = 3, .height = 14, .width = 13};
constexpr Affine kInputAffine{0.02F, 114};

struct Network {
  std::vector<Operation> operations;
  ValueId output = 0;
  Activation input;
};

std::shared_ptr<const LinearWeights> MakeLinearWeights(int from, int to) {
  auto weights = std::make_shared<LinearWeights>();
  for (int i = 0; i < from * to; ++i) {
    weights->values.push_back(static_cast<float>(i % 11 - 5) / 10);
  }
  for (int i = 0; i < to; ++i) {
    weights->bias.push_back(static_cast<float>(i % 5) - 1.5F);
  }
  return weights;
}

// Strides, groups, a dilation, one-sided padding, residual sums in place and
// beside, limits, a pool, and a head.
Network FloatNetwork() {
  NetworkBuilder network;
  Convolution stem = MakeConvolution(3, 16, 3);
  stem.padding = {};
  stem.stride = {2, 1};
  ValueId x = network.Append(ZeroPad{{0, 0, 1, 1}}, {kInputValue});
  x = network.Append(Limit{kRelu}, {network.Append(stem, {x})});
  Convolution depthwise = MakeConvolution(16, 16, 3, 16);
  depthwise.dilation = {2, 2};
  depthwise.padding = {2, 2, 2, 2};
  ValueId y = network.Append(Limit{{0, 6}}, {network.Append(depthwise, {x})});
  y = network.Append(Add{kNoClip},
                     {x, network.Append(MakeConvolution(16, 16, 1), {y})});
  const ValueId beside = network.Append(
      Add{kRelu}, {network.Append(MakeConvolution(16, 16, 3), {y}), y});
  const ValueId pooled =
      network.Append(MaxPool{{3, 3}, {2, 2}, {1, 1, 1, 1}}, {beside});
  const ValueId average = network.Append(GlobalAverage{.flat = true}, {pooled});
  const ValueId logits =
      network.Append(Linear{16, 5, MakeLinearWeights(16, 5)}, {average});
  return {network.operations(), logits, kInput};
}

// Weights that keep values where curves are bent.
Convolution MakeQuietConvolution(int in_channels, int out_channels, int kernel,
                                 int groups = 1) {
  Convolution convolution =
      MakeConvolution(in_channels, out_channels, kernel, groups);
  ConvolutionWeights weights = *convolution.weights;
  for (float& weight : weights.values) weight *= 0.3F;
  convolution.weights =
      std::make_shared<const ConvolutionWeights>(std::move(weights));
  return convolution;
}

// Squeeze-and-excite: `x` times numbers per channel that are made of its means.
ValueId AppendGate(NetworkBuilder& network, ValueId x, Curve inner,
                   Curve outer) {
  ValueId gate = network.Append(GlobalAverage{}, {x});
  gate = network.Append(MakeQuietConvolution(16, 4, 1), {gate});
  gate = network.Append(Bend{inner}, {gate});
  gate = network.Append(MakeQuietConvolution(4, 16, 1), {gate});
  gate = network.Append(Bend{outer}, {gate});
  return network.Append(Gate{}, {gate, x});
}

// Every curve, gates whose activation is needed later and is not, averages with
// and without their padding, concatenations, and two linear layers.
Network CurvedNetwork() {
  NetworkBuilder network;
  Convolution stem = MakeQuietConvolution(3, 16, 3);
  stem.stride = {2, 2};
  ValueId x =
      network.Append(Bend{Curve::kSilu}, {network.Append(stem, {kInputValue})});
  const ValueId gated = AppendGate(network, x, Curve::kSilu, Curve::kSigmoid);
  ValueId y = network.Append(MakeQuietConvolution(16, 16, 1), {gated});
  x = network.Append(Bend{Curve::kHardswish},
                     {network.Append(Add{kNoClip}, {y, x})});
  x = AppendGate(network, x, Curve::kHardswish, Curve::kHardsigmoid);
  y = network.Append(MakeQuietConvolution(16, 8, 1, 8), {x});
  const ValueId whole =
      network.Append(AveragePool{{3, 3}, {1, 1}, {1, 1, 1, 1}, true}, {x});
  const ValueId inner =
      network.Append(AveragePool{{3, 3}, {1, 1}, {1, 1, 1, 1}, false}, {x});
  x = network.Append(Concatenate{}, {x, y, whole, inner});
  x = network.Append(AveragePool{{2, 2}, {2, 2}, {}, false}, {x});
  x = network.Append(MakeQuietConvolution(56, 16, 1), {x});
  x = network.Append(Flatten{}, {network.Append(GlobalAverage{}, {x})});
  x = network.Append(Linear{16, 12, MakeLinearWeights(16, 12)}, {x});
  x = network.Append(Bend{Curve::kHardswish}, {x});
  x = network.Append(Linear{12, 5, MakeLinearWeights(12, 5)}, {x});
  return {network.operations(), x, kInput};
}

// 3 × 3 for wide channels: residual sums in place and beside, a limit, no relu,
// one-sided padding that leaves sides of 7 × 4, and one of stride 2.
Network WideNetwork() {
  NetworkBuilder network;
  Convolution stem = MakeQuietConvolution(3, 32, 3);
  stem.stride = {2, 1};
  ValueId x =
      network.Append(Limit{kRelu}, {network.Append(stem, {kInputValue})});
  ValueId y = network.Append(MakeQuietConvolution(32, 32, 3), {x});
  y = network.Append(Limit{{0, 6}}, {y});
  y = network.Append(MakeQuietConvolution(32, 32, 3), {y});
  const ValueId sum = network.Append(Add{kRelu}, {x, y});
  y = network.Append(MakeQuietConvolution(32, 32, 3), {sum});
  const ValueId beside = network.Append(Add{kNoClip}, {y, sum});
  y = network.Append(MakeQuietConvolution(32, 32, 3), {beside});
  x = network.Append(Add{kRelu}, {y, sum});
  Convolution uneven = MakeQuietConvolution(32, 64, 3);
  uneven.padding = {0, 2, 2, 0};
  x = network.Append(uneven, {x});
  Convolution down = MakeQuietConvolution(64, 16, 3);
  down.stride = {1, 3};
  down.padding = {1, 0, 1, 0};
  x = network.Append(down, {x});
  return {network.operations(), x, kInput};
}

Convolution QuantisedConvolution(Convolution convolution, const Affine& affine,
                                 const Clip& clip) {
  auto weights = std::make_shared<ConvolutionWeights>();
  weights->bias = convolution.weights->bias;
  for (int i = 0; i < convolution.out_channels; ++i) {
    weights->scales.push_back(0.004F + 0.0002F * static_cast<float>(i));
  }
  for (const float value : convolution.weights->values) {
    // Not above 64: CPUs without VNNI add two products in 16 bits.
    weights->codes.push_back(static_cast<int8_t>(std::lround(value * 125)));
  }
  convolution.weights = std::move(weights);
  convolution.affine = affine;
  convolution.clip = clip;
  return convolution;
}

// As a quantised model file has it: signed activations with zero points, sums
// of two scales.
Network ByteNetwork() {
  NetworkBuilder network;
  Convolution stem = MakeConvolution(3, 16, 5);
  stem.stride = {2, 2};
  const ValueId x = network.Append(
      QuantisedConvolution(stem, {0.03F, 0}, kRelu), {kInputValue});
  const ValueId body = network.Append(
      QuantisedConvolution(MakeConvolution(16, 16, 3), {0.05F, 90}, kNoClip),
      {x});
  const ValueId shortcut = network.Append(
      QuantisedConvolution(MakeConvolution(16, 16, 1), {0.04F, 120}, kNoClip),
      {x});
  const ValueId sum =
      network.Append(Add{kRelu, Affine{0.05F, 0}}, {body, shortcut});
  const ValueId pooled = network.Append(MaxPool{{2, 2}, {2, 2}, {}}, {sum});
  const ValueId last = network.Append(
      QuantisedConvolution(MakeConvolution(16, 8, 3), {0.06F, 100}, kNoClip),
      {pooled});
  const ValueId floats = network.Append(Dequantise{}, {last});
  Activation input = kInput;
  input.affine = kInputAffine;
  return {network.operations(), floats, input};
}

// Begins in float, then goes on in bytes: one-sided padding that is as much as
// a zero point, a depthwise convolution whose bytes end where relu6 does, and a
// sum that stays signed.
Network MixedNetwork() {
  constexpr Affine kSix{6.0F / 255, 0};
  NetworkBuilder network;
  ValueId x = network.Append(Dequantise{}, {kInputValue});
  Convolution stem = MakeConvolution(3, 16, 3);
  x = network.Append(Limit{{-4, 6}}, {network.Append(stem, {x})});
  // Of which no sum of the stem's is an odd multiple of a half.
  x = network.Append(Quantise{{0.0391F, 102}}, {x});
  const ValueId padded = network.Append(ZeroPad{{0, 0, 1, 1}}, {x});
  Convolution depthwise = MakeConvolution(16, 16, 3, 16);
  depthwise.padding = {};
  depthwise.stride = {2, 2};
  x = network.Append(QuantisedConvolution(depthwise, kSix, kRelu), {padded});
  x = network.Append(
      QuantisedConvolution(MakeConvolution(16, 16, 1), {0.05F, 120}, kNoClip),
      {x});
  const ValueId beside = network.Append(
      QuantisedConvolution(MakeConvolution(16, 16, 3), {0.08F, 130}, kNoClip),
      {x});
  x = network.Append(Add{kNoClip, Affine{0.06F, 110}}, {beside, x});
  const ValueId floats = network.Append(Dequantise{}, {x});
  Activation input = kInput;
  input.affine = kInputAffine;
  return {network.operations(), floats, input};
}

// `count` values that the input can hold exactly, in whatever arithmetic.
std::vector<float> Pictures(const Activation& input, int batch) {
  std::vector<float> values(static_cast<size_t>(input.size() * batch));
  for (size_t i = 0; i < values.size(); ++i) {
    const int byte = static_cast<int>(i * 97 % 251);
    values[i] = input.affine
                    ? static_cast<float>(byte - input.affine->zero_point) *
                          input.affine->scale
                    : static_cast<float>(byte - 125) / 64;
  }
  return values;
}

void FillInput(LaneTrunk& lane, const Activation& input, Arithmetic arithmetic,
               const std::vector<float>& values, int batch) {
  std::byte* const place = lane.Input(batch);
  for (size_t i = 0; i < values.size(); ++i) {
    if (arithmetic == Arithmetic::kFloat32) {
      reinterpret_cast<float*>(place)[i] = values[i];
    } else if (arithmetic == Arithmetic::kBfloat16) {
      reinterpret_cast<uint16_t*>(place)[i] =
          static_cast<uint16_t>(std::bit_cast<uint32_t>(values[i]) >> 16);
    } else {
      reinterpret_cast<uint8_t*>(place)[i] =
          static_cast<uint8_t>(std::lround(values[i] / input.affine->scale) +
                               input.affine->zero_point);
    }
  }
}

struct Case {
  const char* name;
  Arithmetic arithmetic;
  Network (*network)();
  // Of a value. bfloat16 keeps 8 bits of each; a byte network without its
  // middle roundings may be a step off.
  float tolerance;
  // Without it, what a trial finds fastest.
  std::optional<Algorithm> always = std::nullopt;
};

// oneDNN has bfloat16 from AVX-512 on.
bool HasBfloat16() {
  constexpr auto kAvx512 = dnnl_cpu_isa_avx512_core;
  return (dnnl_get_effective_cpu_isa() & kAvx512) == kAvx512;
}

class LaneTrunkTest : public ::testing::TestWithParam<Case> {
 protected:
  LaneTrunkTest() : network_(GetParam().network()) {}

  void SetUp() override {
    if (GetParam().arithmetic == Arithmetic::kBfloat16 && !HasBfloat16()) {
      GTEST_SKIP() << "oneDNN has no bfloat16 for this CPU";
    }
    const Trunk trunk =
        Fuse(network_.operations, network_.output, network_.input).value();
    std::vector<AlgorithmChoice> known;
    if (GetParam().always) known = Everywhere(trunk, *GetParam().always);
    packed_.emplace(trunk, GetParam().arithmetic, known);
  }

  std::vector<float> Run(LaneTrunk& lane, int batch) {
    FillInput(lane, network_.input, GetParam().arithmetic,
              Pictures(network_.input, batch), batch);
    const std::span<float> result = lane.Run(batch);
    return {result.begin(), result.end()};
  }

  std::vector<float> Expected(int batch) const {
    return RunPlainly(network_.operations, network_.output, network_.input,
                      Pictures(network_.input, batch), batch);
  }

  const Network network_;
  std::optional<PackedTrunk> packed_;
};

TEST_P(LaneTrunkTest, ComputesWhatThePlainestWayComputes) {
  LaneTrunk lane(*packed_);

  for (const int batch : {1, 2, 5}) {
    EXPECT_THAT(Run(lane, batch),
                Pointwise(FloatNear(GetParam().tolerance), Expected(batch)))
        << batch;
  }
}

TEST_P(LaneTrunkTest, BatchSizesMayComeInAnyOrder) {
  LaneTrunk lane(*packed_);
  const std::vector<float> first = Run(lane, 3);

  Run(lane, 1);
  Run(lane, 7);

  EXPECT_EQ(Run(lane, 3), first);
}

TEST_P(LaneTrunkTest, LanesShareWeightsAndNothingElse) {
  LaneTrunk alone(*packed_);
  const std::vector<float> expected = Run(alone, 4);

  std::vector<std::thread> lanes;
  for (int i = 0; i < 3; ++i) {
    lanes.emplace_back([&] {
      LaneTrunk lane(*packed_);
      for (int round = 0; round < 20; ++round) {
        EXPECT_EQ(Run(lane, 4), expected);
      }
    });
  }
  for (std::thread& lane : lanes) lane.join();
}

TEST_P(LaneTrunkTest, ObserverSeesEveryLayerAndChangesNothing) {
  LaneTrunk lane(*packed_);
  const std::vector<float> expected = Run(lane, 2);
  FillInput(lane, network_.input, GetParam().arithmetic,
            Pictures(network_.input, 2), 2);
  std::vector<ValueId> seen;

  const std::span<float> result =
      lane.RunObserved(2, [&](const Layer& layer, std::span<const float> got) {
        const Activation& shape = packed_->trunk().activations[layer.target];
        EXPECT_EQ(got.size(), static_cast<size_t>(2 * shape.size()));
        seen.push_back(layer.target);
      });

  EXPECT_EQ(seen.size(), packed_->trunk().layers.size());
  EXPECT_EQ(std::vector<float>(result.begin(), result.end()), expected);
}

TEST_P(LaneTrunkTest, LanesOfSeveralThreadsComputeTheSame) {
  const std::vector<float> expected = Expected(5);
  omp_set_num_threads(3);
  LaneTrunk lane(*packed_);

  EXPECT_THAT(Run(lane, 5),
              Pointwise(FloatNear(GetParam().tolerance), expected));
  omp_set_num_threads(1);
}

TEST(PackedTrunkTest, LayersHaveTheKnownAlgorithmWhereTheyCan) {
  const Network network = WideNetwork();
  const Trunk trunk =
      Fuse(network.operations, network.output, network.input).value();
  const auto having = [&](Algorithm algorithm) {
    const PackedTrunk packed(trunk, Arithmetic::kFloat32,
                             Everywhere(trunk, algorithm));
    return std::count_if(
        packed.algorithms().begin(), packed.algorithms().end(),
        [&](const AlgorithmChoice& choice) { return choice.Has(algorithm); });
  };

  EXPECT_EQ(having(Algorithm::kDirect), 7);
  EXPECT_EQ(having(Algorithm::kWinograd2), 5);
  EXPECT_EQ(having(Algorithm::kWinograd4), 5);
}

TEST(PackedTrunkTest, WhatIsKnownOfAnotherTrunkIsLeftAlone) {
  const Network network = WideNetwork();
  const Trunk trunk =
      Fuse(network.operations, network.output, network.input).value();
  std::vector<AlgorithmChoice> known = Everywhere(trunk, Algorithm::kWinograd2);
  known.pop_back();

  const PackedTrunk packed(trunk, Arithmetic::kFloat32, known);

  // As many as layers, found out anew.
  EXPECT_EQ(packed.algorithms().size(), trunk.layers.size());
}

INSTANTIATE_TEST_SUITE_P(
    Algorithms, LaneTrunkTest,
    ::testing::Values(Case{"direct", Arithmetic::kFloat32, WideNetwork, 1e-4F,
                           Algorithm::kDirect},
                      Case{"winograd2", Arithmetic::kFloat32, WideNetwork,
                           1e-4F, Algorithm::kWinograd2},
                      Case{"winograd4", Arithmetic::kFloat32, WideNetwork,
                           1e-4F, Algorithm::kWinograd4},
                      Case{"by_trial", Arithmetic::kFloat32, WideNetwork,
                           1e-4F}),
    [](const auto& tested) { return tested.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Arithmetics, LaneTrunkTest,
    ::testing::Values(
        Case{"float32", Arithmetic::kFloat32, FloatNetwork, 1e-3F},
        Case{"bfloat16", Arithmetic::kBfloat16, FloatNetwork, 0.5F},
        Case{"curved_float32", Arithmetic::kFloat32, CurvedNetwork, 1e-4F},
        Case{"curved_bfloat16", Arithmetic::kBfloat16, CurvedNetwork, 0.1F},
        Case{"int8", Arithmetic::kInt8, ByteNetwork, 0.13F},
        Case{"mixed_int8", Arithmetic::kInt8, MixedNetwork, 0.13F}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace wanwu::model::trunk
