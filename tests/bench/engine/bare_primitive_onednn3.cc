#include <algorithm>

#include "tests/bench/engine/bare_primitive.h"

namespace wanwu::bench {

using dnnl::memory;
using DataType = memory::data_type;
using Layout = memory::format_tag;

memory::dims DimsOf(const memory& activation) {
  return activation.get_desc().get_dims();
}

dnnl::convolution_forward::primitive_desc BareConvolution(
    const dnnl::engine& engine, const memory::desc& source,
    const memory::desc& weights, const memory::desc& target,
    const ConvolutionPlan& plan, bool sums) {
  constexpr int kPerOutputChannel = 1 << 0;
  dnnl::post_ops appended;
  if (sums) appended.append_sum();
  if (plan.relu) appended.append_eltwise(dnnl::algorithm::eltwise_relu, 0, 0);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(appended);
  if (weights.get_data_type() == DataType::s8) {
    attributes.set_scales_mask(DNNL_ARG_WEIGHTS, kPerOutputChannel);
  }
  const memory::dims strides = {plan.stride, plan.stride};
  const memory::dims pads = {plan.kernel / 2, plan.kernel / 2};
  return {engine,
          dnnl::prop_kind::forward_inference,
          dnnl::algorithm::convolution_direct,
          source,
          weights,
          {{plan.out_channels}, DataType::f32, Layout::x},
          target,
          strides,
          pads,
          pads,
          attributes};
}

std::unordered_map<int, memory> BareScales(const dnnl::engine& engine,
                                           const ConvolutionPlan& plan,
                                           DataType weights) {
  if (weights != DataType::s8) return {};
  constexpr float kAnyScale = 0.01F;
  memory scales({{plan.out_channels}, DataType::f32, Layout::x}, engine);
  std::fill_n(static_cast<float*>(scales.get_data_handle()), plan.out_channels,
              kAnyScale);
  return {{DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, scales}};
}

dnnl::pooling_forward::primitive_desc BarePool(const dnnl::engine& engine,
                                               dnnl::algorithm kind,
                                               const memory::desc& source,
                                               const memory::desc& target,
                                               const PoolPlan& plan) {
  const memory::dims none = {0, 0};
  const memory::dims pads = {plan.pad, plan.pad};
  return {engine,
          dnnl::prop_kind::forward_inference,
          kind,
          source,
          target,
          {plan.stride, plan.stride},
          {plan.kernel, plan.kernel},
          none,
          pads,
          pads};
}

}  // namespace wanwu::bench
