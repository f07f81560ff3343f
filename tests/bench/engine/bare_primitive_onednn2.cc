#include <vector>

#include "tests/bench/engine/bare_primitive.h"

namespace wanwu::bench {

using dnnl::memory;
using DataType = memory::data_type;

memory::dims DimsOf(const memory& activation) {
  return activation.get_desc().dims();
}

dnnl::convolution_forward::primitive_desc BareConvolution(
    const dnnl::engine& engine, const memory::desc& source,
    const memory::desc& weights, const memory::desc& target,
    const ConvolutionPlan& plan, bool sums) {
  constexpr int kPerOutputChannel = 1 << 1;
  constexpr float kAnyScale = 0.01F;
  dnnl::post_ops appended;
  if (sums) appended.append_sum();
  if (plan.relu) {
    appended.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
  }
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(appended);
  if (weights.data_type() == DataType::s8) {
    attributes.set_output_scales(
        kPerOutputChannel,
        std::vector<float>(static_cast<size_t>(plan.out_channels), kAnyScale));
  }
  const memory::dims strides = {plan.stride, plan.stride};
  const memory::dims pads = {plan.kernel / 2, plan.kernel / 2};
  return {{dnnl::prop_kind::forward_inference,
           dnnl::algorithm::convolution_direct,
           source,
           weights,
           {{plan.out_channels}, DataType::f32, memory::format_tag::x},
           target,
           strides,
           pads,
           pads},
          attributes,
          engine};
}

std::unordered_map<int, memory> BareScales(const dnnl::engine& /*engine*/,
                                           const ConvolutionPlan& /*plan*/,
                                           DataType /*weights*/) {
  return {};
}

dnnl::pooling_forward::primitive_desc BarePool(const dnnl::engine& engine,
                                               dnnl::algorithm kind,
                                               const memory::desc& source,
                                               const memory::desc& target,
                                               const PoolPlan& plan) {
  const memory::dims pads = {plan.pad, plan.pad};
  return {{dnnl::prop_kind::forward_inference,
           kind,
           source,
           target,
           {plan.stride, plan.stride},
           {plan.kernel, plan.kernel},
           pads,
           pads},
          engine};
}

}  // namespace wanwu::bench
