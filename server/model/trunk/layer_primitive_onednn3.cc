#include <cstdint>
#include <vector>

#include "server/model/trunk/layer_descs.h"
#include "server/model/trunk/layer_primitive.h"

namespace wanwu::model::trunk {
namespace {

using dnnl::memory;
using DataType = memory::data_type;
using Layout = memory::format_tag;

// What oneDNN calls one scale or zero point for all channels.
constexpr int kForAll = 0;
constexpr int kSourceScale = DNNL_ARG_ATTR_SCALES | DNNL_ARG_SRC;
constexpr int kWeightsScales = DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS;
constexpr int kSourceZero = DNNL_ARG_ATTR_ZERO_POINTS | DNNL_ARG_SRC;
constexpr int kTargetZero = DNNL_ARG_ATTR_ZERO_POINTS | DNNL_ARG_DST;

// One scale per output channel: over the weights' dimensions that make them.
int PerOutputChannel(const Convolution& convolution) {
  constexpr int kFirst = 1 << 0;
  constexpr int kSecond = 1 << 1;
  return convolution.groups == 1 ? kFirst : kFirst | kSecond;
}

memory ZeroPoint(const Affine& affine) {
  memory constant({{1}, DataType::s32, Layout::x}, CpuEngine());
  *static_cast<int32_t*>(constant.get_data_handle()) = affine.zero_point;
  return constant;
}

void AppendClip(dnnl::post_ops& appended, const Clip& clip, float unit) {
  if (clip == kNoClip) return;
  if (clip == kRelu) {
    appended.append_eltwise(dnnl::algorithm::eltwise_relu, 0, 0);
  } else {
    appended.append_eltwise(dnnl::algorithm::eltwise_clip, clip.lowest / unit,
                            clip.highest / unit);
  }
}

dnnl::primitive_attr FloatAttributes(const Layer& layer) {
  dnnl::post_ops appended;
  if (layer.addend) appended.append_sum();
  AppendClip(appended, std::get<Convolution>(layer.kind).clip, 1);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(appended);
  return attributes;
}

// Everything is computed in steps of the target's bytes, so that neither source
// nor target needs a scale: one multiplication per sum.
dnnl::primitive_attr ByteAttributes(const Trunk& trunk, const Layer& layer) {
  const auto& convolution = std::get<Convolution>(layer.kind);
  const Affine source = *trunk.activations[layer.source].affine;
  const Affine target = *trunk.activations[layer.target].affine;
  dnnl::primitive_attr attributes;
  attributes.set_scales_mask(DNNL_ARG_WEIGHTS, PerOutputChannel(convolution));
  // Only where they are needed: some kernels are for zero points of 0 only.
  if (source.zero_point != 0) {
    attributes.set_zero_points_mask(DNNL_ARG_SRC, kForAll);
  }
  if (target.zero_point != 0) {
    attributes.set_zero_points_mask(DNNL_ARG_DST, kForAll);
  }
  dnnl::post_ops appended;
  if (layer.addend) {
    const Affine addend = *trunk.activations[*layer.addend].affine;
    appended.append_sum(addend.scale / target.scale, addend.zero_point);
  }
  AppendClip(appended, convolution.clip, target.scale);
  attributes.set_post_ops(appended);
  return attributes;
}

Arguments ByteConstants(const Trunk& trunk, const Layer& layer) {
  const ConvolutionWeights& weights =
      *std::get<Convolution>(layer.kind).weights;
  const Affine source = *trunk.activations[layer.source].affine;
  const Affine target = *trunk.activations[layer.target].affine;
  std::vector<float> bias = weights.bias;
  for (float& value : bias) value /= target.scale;
  Arguments constants = {
      {DNNL_ARG_BIAS, MakeConstant(bias)},
      {kWeightsScales, MakeConstant(SumScales(trunk, layer))}};
  if (source.zero_point != 0) {
    constants.emplace(kSourceZero, ZeroPoint(source));
  }
  if (target.zero_point != 0) {
    constants.emplace(kTargetZero, ZeroPoint(target));
  }
  return constants;
}

}  // namespace

dnnl::convolution_forward::primitive_desc ConvolutionPrimitive(
    const Trunk& trunk, const Layer& layer, Arithmetic arithmetic, int batch,
    const std::optional<memory::desc>& weights) {
  const auto& convolution = std::get<Convolution>(layer.kind);
  const dnnl::primitive_attr attributes = arithmetic == Arithmetic::kInt8
                                              ? ByteAttributes(trunk, layer)
                                              : FloatAttributes(layer);
  return {CpuEngine(),
          dnnl::prop_kind::forward_inference,
          dnnl::algorithm::convolution_direct,
          ActivationDesc(trunk.activations[layer.source], arithmetic, batch),
          weights.value_or(AnyWeightsDesc(convolution, arithmetic)),
          BiasDesc(convolution),
          ActivationDesc(trunk.activations[layer.target], arithmetic, batch),
          Dims(convolution.stride),
          Gaps(convolution.dilation),
          Before(convolution.padding),
          After(convolution.padding),
          attributes};
}

Arguments ConvolutionConstants(const Trunk& trunk, const Layer& layer,
                               Arithmetic arithmetic) {
  if (arithmetic == Arithmetic::kInt8) return ByteConstants(trunk, layer);
  const auto& convolution = std::get<Convolution>(layer.kind);
  return {{DNNL_ARG_BIAS, MakeConstant(convolution.weights->bias)}};
}

dnnl::pooling_forward::primitive_desc PoolPrimitive(const Trunk& trunk,
                                                    const Layer& layer,
                                                    Arithmetic arithmetic,
                                                    int batch) {
  const auto& pool = std::get<MaxPool>(layer.kind);
  return {CpuEngine(),
          dnnl::prop_kind::forward_inference,
          dnnl::algorithm::pooling_max,
          ActivationDesc(trunk.activations[layer.source], arithmetic, batch),
          ActivationDesc(trunk.activations[layer.target], arithmetic, batch),
          Dims(pool.stride),
          Dims(pool.kernel),
          Gaps(Extent{}),
          Before(pool.padding),
          After(pool.padding)};
}

dnnl::reorder::primitive_desc ToFloatPrimitive(const Activation& activation,
                                               Arithmetic arithmetic,
                                               int batch) {
  dnnl::primitive_attr attributes;
  if (activation.affine) {
    attributes.set_scales_mask(DNNL_ARG_SRC, kForAll);
    if (activation.affine->zero_point != 0) {
      attributes.set_zero_points_mask(DNNL_ARG_SRC, kForAll);
    }
  }
  return {CpuEngine(), ActivationDesc(activation, arithmetic, batch),
          CpuEngine(), ActivationDesc(activation, Arithmetic::kFloat32, batch),
          attributes};
}

Arguments ToFloatConstants(const Activation& activation) {
  if (!activation.affine) return {};
  Arguments constants = {
      {kSourceScale, MakeConstant({activation.affine->scale})}};
  if (activation.affine->zero_point != 0) {
    constants.emplace(kSourceZero, ZeroPoint(*activation.affine));
  }
  return constants;
}

dnnl::pooling_forward::primitive_desc AveragePrimitive(
    const Activation& activation, int batch) {
  Activation mean = activation;
  mean.height = mean.width = 1;
  return {CpuEngine(),
          dnnl::prop_kind::forward_inference,
          dnnl::algorithm::pooling_avg_exclude_padding,
          ActivationDesc(activation, Arithmetic::kFloat32, batch),
          ActivationDesc(mean, Arithmetic::kFloat32, batch),
          Dims(Extent{}),
          {activation.height, activation.width},
          Gaps(Extent{}),
          Before(Padding{}),
          After(Padding{})};
}

dnnl::inner_product_forward::primitive_desc LinearPrimitive(
    const Linear& linear, int batch,
    const std::optional<memory::desc>& weights) {
  return {CpuEngine(),
          dnnl::prop_kind::forward_inference,
          {{batch, linear.in_features}, DataType::f32, Layout::nc},
          weights.value_or(AnyWeightsDesc(linear)),
          BiasDesc(linear),
          {{batch, linear.out_features}, DataType::f32, Layout::nc}};
}

}  // namespace wanwu::model::trunk
