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
constexpr int kTargetScale = DNNL_ARG_ATTR_SCALES | DNNL_ARG_DST;
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

void AppendCurve(dnnl::post_ops& appended, Curve curve) {
  switch (curve) {
    case Curve::kNone:
      return;
    case Curve::kHardswish:
      appended.append_eltwise(dnnl::algorithm::eltwise_hardswish, 1.0F / 6,
                              0.5F);
      return;
    case Curve::kHardsigmoid:
      appended.append_eltwise(dnnl::algorithm::eltwise_linear, 1.0F / 6, 0.5F);
      appended.append_eltwise(dnnl::algorithm::eltwise_clip, 0, 1);
      return;
    case Curve::kSilu:
      appended.append_eltwise(dnnl::algorithm::eltwise_swish, 1, 0);
      return;
    case Curve::kSigmoid:
      appended.append_eltwise(dnnl::algorithm::eltwise_logistic, 0, 0);
      return;
  }
}

dnnl::primitive_attr FloatAttributes(bool adds, const Clip& clip, Curve curve) {
  dnnl::post_ops appended;
  if (adds) appended.append_sum();
  AppendClip(appended, clip, 1);
  AppendCurve(appended, curve);
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

dnnl::primitive_attr ConvolutionAttributes(const Trunk& trunk,
                                           const Layer& layer) {
  const auto& convolution = std::get<Convolution>(layer.kind);
  if (convolution.affine) return ByteAttributes(trunk, layer);
  return FloatAttributes(layer.addend.has_value(), convolution.clip,
                         convolution.curve);
}

}  // namespace

dnnl::convolution_forward::primitive_desc ConvolutionPrimitive(
    const Trunk& trunk, const Layer& layer, Arithmetic arithmetic, int batch,
    const std::optional<memory::desc>& weights) {
  const auto& convolution = std::get<Convolution>(layer.kind);
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
          ConvolutionAttributes(trunk, layer)};
}

Arguments ConvolutionConstants(const Trunk& trunk, const Layer& layer) {
  const auto& convolution = std::get<Convolution>(layer.kind);
  if (convolution.affine) return ByteConstants(trunk, layer);
  return {{DNNL_ARG_BIAS, MakeConstant(convolution.weights->bias)}};
}

dnnl::pooling_forward::primitive_desc PoolPrimitive(const Trunk& trunk,
                                                    const Layer& layer,
                                                    Arithmetic arithmetic,
                                                    int batch) {
  const Activation& source = trunk.activations[layer.source];
  const PoolWindow window = PoolWindowOf(layer, source);
  return {CpuEngine(),
          dnnl::prop_kind::forward_inference,
          window.algorithm,
          ActivationDesc(source, arithmetic, batch),
          ActivationDesc(trunk.activations[layer.target], arithmetic, batch),
          Dims(window.stride),
          Dims(window.kernel),
          Gaps(Extent{}),
          Before(window.padding),
          After(window.padding)};
}

dnnl::binary::primitive_desc GatePrimitive(const Trunk& trunk,
                                           const Layer& layer,
                                           Arithmetic arithmetic, int batch) {
  const auto desc = [&](ValueId value) {
    return ActivationDesc(trunk.activations[value], arithmetic, batch);
  };
  return {CpuEngine(), dnnl::algorithm::binary_mul, desc(layer.source),
          desc(layer.more_sources[0]), desc(layer.target)};
}

dnnl::concat::primitive_desc ConcatenationPrimitive(const Trunk& trunk,
                                                    const Layer& layer,
                                                    Arithmetic arithmetic,
                                                    int batch) {
  constexpr int kChannelAxis = 1;
  const auto desc = [&](ValueId value) {
    return ActivationDesc(trunk.activations[value], arithmetic, batch);
  };
  std::vector<memory::desc> sources = {desc(layer.source)};
  for (const ValueId more : layer.more_sources) sources.push_back(desc(more));
  return {CpuEngine(), desc(layer.target), kChannelAxis, sources};
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
          CpuEngine(), FloatDesc(activation, batch), attributes};
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

dnnl::reorder::primitive_desc ToBytesPrimitive(const Activation& activation,
                                               Arithmetic arithmetic,
                                               int batch) {
  dnnl::primitive_attr attributes;
  attributes.set_scales_mask(DNNL_ARG_DST, kForAll);
  if (activation.affine->zero_point != 0) {
    attributes.set_zero_points_mask(DNNL_ARG_DST, kForAll);
  }
  return {CpuEngine(), FloatDesc(activation, batch), CpuEngine(),
          ActivationDesc(activation, arithmetic, batch), attributes};
}

Arguments ToBytesConstants(const Activation& activation) {
  Arguments constants = {
      {kTargetScale, MakeConstant({activation.affine->scale})}};
  if (activation.affine->zero_point != 0) {
    constants.emplace(kTargetZero, ZeroPoint(*activation.affine));
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
          FloatDesc(activation, batch),
          FloatDesc(mean, batch),
          Dims(Extent{}),
          {activation.height, activation.width},
          Gaps(Extent{}),
          Before(Padding{}),
          After(Padding{})};
}

dnnl::inner_product_forward::primitive_desc LinearPrimitive(
    const HeadLayer& layer, int batch,
    const std::optional<memory::desc>& weights) {
  const Linear& linear = layer.linear;
  return {CpuEngine(),
          dnnl::prop_kind::forward_inference,
          {{batch, linear.in_features}, DataType::f32, Layout::nc},
          weights.value_or(AnyWeightsDesc(linear)),
          BiasDesc(linear),
          {{batch, linear.out_features}, DataType::f32, Layout::nc},
          FloatAttributes(false, layer.clip, layer.curve)};
}

}  // namespace wanwu::model::trunk
