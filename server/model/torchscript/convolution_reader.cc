#include "server/model/torchscript/convolution_reader.h"

#include <ATen/Functions.h>
#include <ATen/native/quantized/PackedParams.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/custom_class.h>

#include <utility>
#include <vector>

#include "server/model/torchscript/constant_arguments.h"

namespace wanwu::model::torchscript {
namespace {

using torch::jit::Node;
using torch::jit::Value;
using PackedParameters = ConvPackedParamsBase<2>;

constexpr int64_t kOutputChannelAxis = 0;

// How the kernel moves, as TorchScript has it.
struct Movement {
  std::vector<int64_t> stride;
  std::vector<int64_t> padding;
  std::vector<int64_t> dilation;
  int64_t groups = 1;
};

// Without weights.
std::optional<trunk::Convolution> Describe(const at::Tensor& weight,
                                           const Movement& movement) {
  const auto stride = AsExtent(movement.stride);
  const auto padding = AsPadding(movement.padding);
  const auto dilation = AsExtent(movement.dilation);
  if (weight.dim() != 4 || !stride || !padding || !dilation) {
    return std::nullopt;
  }
  return trunk::Convolution{
      .in_channels = static_cast<int>(weight.size(1) * movement.groups),
      .out_channels = static_cast<int>(weight.size(0)),
      .groups = static_cast<int>(movement.groups),
      .kernel = {static_cast<int>(weight.size(2)),
                 static_cast<int>(weight.size(3))},
      .stride = *stride,
      .dilation = *dilation,
      .padding = *padding,
      .clip = trunk::kNoClip};
}

std::optional<trunk::Convolution> FloatConvolution(const Node* node,
                                                   const Movement& movement) {
  const std::optional<at::Tensor> weight = ConstantTensor(node->input(1));
  const std::optional<at::Tensor> bias = ConstantTensor(node->input(2));
  const bool has_bias = !IsConstantNone(node->input(2));
  if (!weight || weight->scalar_type() != at::kFloat || (has_bias && !bias)) {
    return std::nullopt;
  }
  auto convolution = Describe(*weight, movement);
  if (!convolution) return std::nullopt;
  auto weights = std::make_shared<trunk::ConvolutionWeights>();
  weights->values = Elements<float>(*weight);
  weights->bias = BiasOrZeros(bias, weight->size(0));
  convolution->weights = std::move(weights);
  return convolution;
}

// Stride, padding and dilation are arguments 3 to 5 of either kind.
std::optional<trunk::Convolution> ReadFloat(const Node* node,
                                            size_t groups_argument) {
  const auto stride = ConstantInts(node->input(3));
  const auto padding = ConstantInts(node->input(4));
  const auto dilation = ConstantInts(node->input(5));
  const auto groups = ConstantInt(node->input(groups_argument));
  if (!stride || !padding || !dilation || !groups) return std::nullopt;
  return FloatConvolution(node, {*stride, *padding, *dilation, *groups});
}

c10::intrusive_ptr<PackedParameters> Packed(const Value* value) {
  const auto constant = torch::jit::toIValue(value);
  if (!constant || !constant->isObject()) return {};
  return constant->toCustomClass<PackedParameters>();
}

bool IsSymmetricPerChannel(const at::Tensor& weight) {
  return weight.qscheme() == at::kPerChannelAffine &&
         weight.q_per_channel_axis() == kOutputChannelAxis &&
         !weight.q_per_channel_zero_points().any().item<bool>();
}

}  // namespace

std::optional<trunk::Affine> ReadAffine(const Value* scale,
                                        const Value* zero_point) {
  const std::optional<double> step = ConstantNumber(scale);
  const std::optional<int64_t> zero = ConstantInt(zero_point);
  if (!step || !zero || *step <= 0 || *zero < 0 || *zero > 255) {
    return std::nullopt;
  }
  return trunk::Affine{static_cast<float>(*step), static_cast<int>(*zero)};
}

std::optional<trunk::Convolution> ReadConvolution(const Node* node) {
  constexpr size_t kGroups = 6;
  return ReadFloat(node, kGroups);
}

std::optional<trunk::Convolution> ReadTracedConvolution(const Node* node) {
  constexpr size_t kTransposed = 6;
  constexpr size_t kGroups = 8;
  if (ConstantBool(node->input(kTransposed)) != false) return std::nullopt;
  return ReadFloat(node, kGroups);
}

std::optional<trunk::Convolution> ReadQuantisedConvolution(
    const Node* node, const trunk::Clip& clip) {
  const auto packed = Packed(node->input(1));
  const std::optional<trunk::Affine> affine =
      ReadAffine(node->input(2), node->input(3));
  if (!packed || !affine || packed->transpose()) return std::nullopt;
  const auto [weight, bias] = packed->unpack();
  if (!IsSymmetricPerChannel(weight)) return std::nullopt;
  auto convolution =
      Describe(weight, {packed->stride().vec(), packed->padding().vec(),
                        packed->dilation().vec(), packed->groups()});
  if (!convolution) return std::nullopt;
  auto weights = std::make_shared<trunk::ConvolutionWeights>();
  weights->codes = Elements<int8_t>(weight.int_repr());
  weights->scales =
      Elements<float>(weight.q_per_channel_scales().to(at::kFloat));
  weights->bias =
      BiasOrZeros(bias ? std::optional(*bias) : std::nullopt, weight.size(0));
  convolution->weights = std::move(weights);
  convolution->clip = clip;
  convolution->affine = affine;
  return convolution;
}

// Arguments: weight, bias, mean, variance, whether it learns, momentum,
// epsilon.
std::optional<trunk::Convolution> ReadBatchNorm(const Node* node) {
  const auto scale = ConstantTensor(node->input(1));
  const auto shift = ConstantTensor(node->input(2));
  const auto mean = ConstantTensor(node->input(3));
  const auto variance = ConstantTensor(node->input(4));
  const auto epsilon = ConstantNumber(node->input(7));
  const bool frozen = ConstantBool(node->input(5)) == false;
  if (!scale || !shift || !mean || !variance || !epsilon || !frozen) {
    return std::nullopt;
  }
  const at::Tensor factor =
      scale->div(variance->add(*epsilon).sqrt()).to(at::kFloat);
  auto weights = std::make_shared<trunk::ConvolutionWeights>();
  weights->values = Elements<float>(factor);
  weights->bias = Elements<float>(shift->sub(mean->mul(factor)).to(at::kFloat));
  const int channels = static_cast<int>(factor.numel());
  return trunk::Convolution{.in_channels = channels,
                            .out_channels = channels,
                            .groups = channels,
                            .kernel = {1, 1},
                            .stride = {1, 1},
                            .dilation = {1, 1},
                            .padding = {},
                            .clip = trunk::kNoClip,
                            .weights = std::move(weights)};
}

}  // namespace wanwu::model::torchscript
