#include <vector>

#include "server/model/trunk/layer_descs.h"
#include "server/model/trunk/layer_primitive.h"

namespace wanwu::model::trunk {
namespace {

using dnnl::memory;
using DataType = memory::data_type;
using Layout = memory::format_tag;

// What oneDNN calls one scale or zero point for all channels, and one scale
// per output channel.
constexpr int kForAll = 0;
constexpr int kPerOutputChannel = 1 << 1;

void AppendClip(dnnl::post_ops& appended, const Clip& clip, float unit) {
  if (clip == kNoClip) return;
  if (clip == kRelu) {
    appended.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
  } else {
    appended.append_eltwise(1, dnnl::algorithm::eltwise_clip,
                            clip.lowest / unit, clip.highest / unit);
  }
}

void AppendCurve(dnnl::post_ops& appended, Curve curve) {
  switch (curve) {
    case Curve::kNone:
      return;
    case Curve::kHardswish:
      appended.append_eltwise(1, dnnl::algorithm::eltwise_hardswish, 0, 0);
      return;
    case Curve::kHardsigmoid:
      appended.append_eltwise(1, dnnl::algorithm::eltwise_linear, 1.0F / 6,
                              0.5F);
      appended.append_eltwise(1, dnnl::algorithm::eltwise_clip, 0, 1);
      return;
    case Curve::kSilu:
      appended.append_eltwise(1, dnnl::algorithm::eltwise_swish, 1, 0);
      return;
    case Curve::kSigmoid:
      appended.append_eltwise(1, dnnl::algorithm::eltwise_logistic, 0, 0);
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

dnnl::primitive_attr ByteAttributes(const Trunk& trunk, const Layer& layer) {
  const Affine source = *trunk.activations[layer.source].affine;
  const Affine target = *trunk.activations[layer.target].affine;
  dnnl::primitive_attr attributes;
  attributes.set_output_scales(kPerOutputChannel, SumScales(trunk, layer));
  // Only where they are needed: some kernels are for zero points of 0 only.
  if (source.zero_point != 0) {
    attributes.set_zero_points(DNNL_ARG_SRC, kForAll, {source.zero_point});
  }
  if (target.zero_point != 0) {
    attributes.set_zero_points(DNNL_ARG_DST, kForAll, {target.zero_point});
  }
  dnnl::post_ops appended;
  if (layer.addend) {
    const Affine addend = *trunk.activations[*layer.addend].affine;
    appended.append_sum(addend.scale / target.scale, addend.zero_point);
  }
  AppendClip(appended, std::get<Convolution>(layer.kind).clip, target.scale);
  attributes.set_post_ops(appended);
  return attributes;
}

// The bias as the primitive wants it: for bytes in steps of its sums.
std::vector<float> ScaledBias(const Trunk& trunk, const Layer& layer) {
  const auto& convolution = std::get<Convolution>(layer.kind);
  std::vector<float> bias = convolution.weights->bias;
  const std::optional<Affine>& source = trunk.activations[layer.source].affine;
  if (!source) return bias;
  for (size_t i = 0; i < bias.size(); ++i) {
    bias[i] /= source->scale * convolution.weights->scales[i];
  }
  return bias;
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
  const dnnl::convolution_forward::desc description(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
      ActivationDesc(trunk.activations[layer.source], arithmetic, batch),
      weights.value_or(AnyWeightsDesc(convolution, arithmetic)),
      BiasDesc(convolution),
      ActivationDesc(trunk.activations[layer.target], arithmetic, batch),
      Dims(convolution.stride), Gaps(convolution.dilation),
      Before(convolution.padding), After(convolution.padding));
  return {description, ConvolutionAttributes(trunk, layer), CpuEngine()};
}

Arguments ConvolutionConstants(const Trunk& trunk, const Layer& layer) {
  return {{DNNL_ARG_BIAS, MakeConstant(ScaledBias(trunk, layer))}};
}

dnnl::pooling_forward::primitive_desc PoolPrimitive(const Trunk& trunk,
                                                    const Layer& layer,
                                                    Arithmetic arithmetic,
                                                    int batch) {
  const Activation& source = trunk.activations[layer.source];
  const PoolWindow window = PoolWindowOf(layer, source);
  return {{dnnl::prop_kind::forward_inference, window.algorithm,
           ActivationDesc(source, arithmetic, batch),
           ActivationDesc(trunk.activations[layer.target], arithmetic, batch),
           Dims(window.stride), Dims(window.kernel), Before(window.padding),
           After(window.padding)},
          CpuEngine()};
}

dnnl::binary::primitive_desc GatePrimitive(const Trunk& trunk,
                                           const Layer& layer,
                                           Arithmetic arithmetic, int batch) {
  const auto desc = [&](ValueId value) {
    return ActivationDesc(trunk.activations[value], arithmetic, batch);
  };
  return {{dnnl::algorithm::binary_mul, desc(layer.source),
           desc(layer.more_sources[0]), desc(layer.target)},
          CpuEngine()};
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
  return {desc(layer.target), kChannelAxis, sources, CpuEngine()};
}

dnnl::reorder::primitive_desc ToFloatPrimitive(const Activation& activation,
                                               Arithmetic arithmetic,
                                               int batch) {
  dnnl::primitive_attr attributes;
  if (activation.affine) {
    attributes.set_output_scales(kForAll, {activation.affine->scale});
    if (activation.affine->zero_point != 0) {
      attributes.set_zero_points(DNNL_ARG_SRC, kForAll,
                                 {activation.affine->zero_point});
    }
  }
  return {CpuEngine(), ActivationDesc(activation, arithmetic, batch),
          CpuEngine(), FloatDesc(activation, batch), attributes};
}

Arguments ToFloatConstants(const Activation& /*activation*/) { return {}; }

dnnl::reorder::primitive_desc ToBytesPrimitive(const Activation& activation,
                                               Arithmetic arithmetic,
                                               int batch) {
  dnnl::primitive_attr attributes;
  attributes.set_output_scales(kForAll, {1 / activation.affine->scale});
  if (activation.affine->zero_point != 0) {
    attributes.set_zero_points(DNNL_ARG_DST, kForAll,
                               {activation.affine->zero_point});
  }
  return {CpuEngine(), FloatDesc(activation, batch), CpuEngine(),
          ActivationDesc(activation, arithmetic, batch), attributes};
}

Arguments ToBytesConstants(const Activation& /*activation*/) { return {}; }

dnnl::pooling_forward::primitive_desc AveragePrimitive(
    const Activation& activation, int batch) {
  Activation mean = activation;
  mean.height = mean.width = 1;
  const memory::dims one = {1, 1};
  const memory::dims none = {0, 0};
  return {{dnnl::prop_kind::forward_inference,
           dnnl::algorithm::pooling_avg,
           FloatDesc(activation, batch),
           FloatDesc(mean, batch),
           one,
           {activation.height, activation.width},
           none,
           none},
          CpuEngine()};
}

dnnl::inner_product_forward::primitive_desc LinearPrimitive(
    const HeadLayer& layer, int batch,
    const std::optional<memory::desc>& weights) {
  const Linear& linear = layer.linear;
  return {{dnnl::prop_kind::forward_inference,
           {{batch, linear.in_features}, DataType::f32, Layout::nc},
           weights.value_or(AnyWeightsDesc(linear)),
           BiasDesc(linear),
           {{batch, linear.out_features}, DataType::f32, Layout::nc}},
          FloatAttributes(false, layer.clip, layer.curve),
          CpuEngine()};
}

}  // namespace wanwu::model::trunk
