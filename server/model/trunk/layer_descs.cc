#include "server/model/trunk/layer_descs.h"

#include <algorithm>
#include <variant>
#include <vector>

namespace wanwu::model::trunk {
namespace {

using dnnl::memory;
using DataType = memory::data_type;
using Layout = memory::format_tag;

// Of what is not in bytes.
DataType FloatType(Arithmetic arithmetic) {
  return arithmetic == Arithmetic::kBfloat16 ? DataType::bf16 : DataType::f32;
}

memory::dims WeightsDims(const Convolution& convolution) {
  const int groups = convolution.groups;
  const int in_channels = convolution.in_channels / groups;
  const Extent& kernel = convolution.kernel;
  if (groups == 1) {
    return {convolution.out_channels, in_channels, kernel.height, kernel.width};
  }
  return {groups, convolution.out_channels / groups, in_channels, kernel.height,
          kernel.width};
}

}  // namespace

const dnnl::engine& CpuEngine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

memory::desc ActivationDesc(const Activation& activation, Arithmetic arithmetic,
                            int batch) {
  return {{batch, activation.channels, activation.height, activation.width},
          activation.affine ? DataType::u8 : FloatType(arithmetic),
          Layout::nhwc};
}

memory::desc FloatDesc(const Activation& activation, int batch) {
  return {{batch, activation.channels, activation.height, activation.width},
          DataType::f32,
          Layout::nhwc};
}

memory::desc PlainWeightsDesc(const Convolution& convolution, DataType type) {
  const Layout layout = convolution.groups == 1 ? Layout::oihw : Layout::goihw;
  return {WeightsDims(convolution), type, layout};
}

memory::desc PlainWeightsDesc(const Linear& linear) {
  return {{linear.out_features, linear.in_features}, DataType::f32, Layout::oi};
}

memory::desc AnyWeightsDesc(const Convolution& convolution,
                            Arithmetic arithmetic) {
  return {WeightsDims(convolution),
          convolution.affine ? DataType::s8 : FloatType(arithmetic),
          Layout::any};
}

memory::desc AnyWeightsDesc(const Linear& linear) {
  return {
      {linear.out_features, linear.in_features}, DataType::f32, Layout::any};
}

memory::desc BiasDesc(const Convolution& convolution) {
  return {{convolution.out_channels}, DataType::f32, Layout::x};
}

memory::desc BiasDesc(const Linear& linear) {
  return {{linear.out_features}, DataType::f32, Layout::x};
}

std::vector<float> SumScales(const Trunk& trunk, const Layer& layer) {
  const Affine source = *trunk.activations[layer.source].affine;
  const Affine target = *trunk.activations[layer.target].affine;
  std::vector<float> scales = std::get<Convolution>(layer.kind).weights->scales;
  for (float& scale : scales) scale *= source.scale / target.scale;
  return scales;
}

PoolWindow PoolWindowOf(const Layer& layer, const Activation& source) {
  if (const auto* pool = std::get_if<MaxPool>(&layer.kind)) {
    return {dnnl::algorithm::pooling_max, pool->kernel, pool->stride,
            pool->padding};
  }
  if (const auto* pool = std::get_if<AveragePool>(&layer.kind)) {
    return {pool->counts_padding ? dnnl::algorithm::pooling_avg_include_padding
                                 : dnnl::algorithm::pooling_avg_exclude_padding,
            pool->kernel, pool->stride, pool->padding};
  }
  return {dnnl::algorithm::pooling_avg_exclude_padding,
          {source.height, source.width},
          {},
          {}};
}

memory MakeConstant(const std::vector<float>& values) {
  const memory::dims dims = {static_cast<memory::dim>(values.size())};
  memory constant({dims, DataType::f32, Layout::x}, CpuEngine());
  std::copy(values.begin(), values.end(),
            static_cast<float*>(constant.get_data_handle()));
  return constant;
}

memory::dims Dims(const Extent& extent) {
  return {extent.height, extent.width};
}

memory::dims Gaps(const Extent& dilation) {
  return {dilation.height - 1, dilation.width - 1};
}

memory::dims Before(const Padding& padding) {
  return {padding.top, padding.left};
}

memory::dims After(const Padding& padding) {
  return {padding.bottom, padding.right};
}

}  // namespace wanwu::model::trunk
