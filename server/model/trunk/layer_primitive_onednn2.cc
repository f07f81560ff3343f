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

dnnl::primitive_attr FloatAttributes(const Layer& layer) {
  dnnl::post_ops appended;
  if (layer.addend) appended.append_sum();
  AppendClip(appended, std::get<Convolution>(layer.kind).clip, 1);
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
  const dnnl::primitive_attr attributes = arithmetic == Arithmetic::kInt8
                                              ? ByteAttributes(trunk, layer)
                                              : FloatAttributes(layer);
  return {description, attributes, CpuEngine()};
}

Arguments ConvolutionConstants(const Trunk& trunk, const Layer& layer,
                               Arithmetic /*arithmetic*/) {
  return {{DNNL_ARG_BIAS, MakeConstant(ScaledBias(trunk, layer))}};
}

dnnl::pooling_forward::primitive_desc PoolPrimitive(const Trunk& trunk,
                                                    const Layer& layer,
                                                    Arithmetic arithmetic,
                                                    int batch) {
  const auto& pool = std::get<MaxPool>(layer.kind);
  return {{dnnl::prop_kind::forward_inference, dnnl::algorithm::pooling_max,
           ActivationDesc(trunk.activations[layer.source], arithmetic, batch),
           ActivationDesc(trunk.activations[layer.target], arithmetic, batch),
           Dims(pool.stride), Dims(pool.kernel), Before(pool.padding),
           After(pool.padding)},
          CpuEngine()};
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
          CpuEngine(), ActivationDesc(activation, Arithmetic::kFloat32, batch),
          attributes};
}

Arguments ToFloatConstants(const Activation& /*activation*/) { return {}; }

dnnl::pooling_forward::primitive_desc AveragePrimitive(
    const Activation& activation, int batch) {
  Activation mean = activation;
  mean.height = mean.width = 1;
  const memory::dims one = {1, 1};
  const memory::dims none = {0, 0};
  return {{dnnl::prop_kind::forward_inference,
           dnnl::algorithm::pooling_avg,
           ActivationDesc(activation, Arithmetic::kFloat32, batch),
           ActivationDesc(mean, Arithmetic::kFloat32, batch),
           one,
           {activation.height, activation.width},
           none,
           none},
          CpuEngine()};
}

dnnl::inner_product_forward::primitive_desc LinearPrimitive(
    const Linear& linear, int batch,
    const std::optional<memory::desc>& weights) {
  return {{dnnl::prop_kind::forward_inference,
           {{batch, linear.in_features}, DataType::f32, Layout::nc},
           weights.value_or(AnyWeightsDesc(linear)),
           BiasDesc(linear),
           {{batch, linear.out_features}, DataType::f32, Layout::nc}},
          CpuEngine()};
}

}  // namespace wanwu::model::trunk
