#pragma once

#include <dnnl.hpp>
#include <unordered_map>

// What differs between oneDNN's major versions; CMake takes one of the sources.
namespace wanwu::bench {

struct ConvolutionPlan {
  int out_channels = 0;
  int kernel = 1;
  int stride = 1;
  bool relu = false;
};

struct PoolPlan {
  int kernel = 1;
  int stride = 1;
  int pad = 0;
};

// [N, channels, height, width].
dnnl::memory::dims DimsOf(const dnnl::memory& activation);

// Padded by half the kernel. Sums into its target if it is asked to. Of bytes
// if `weights` are.
dnnl::convolution_forward::primitive_desc BareConvolution(
    const dnnl::engine& engine, const dnnl::memory::desc& source,
    const dnnl::memory::desc& weights, const dnnl::memory::desc& target,
    const ConvolutionPlan& plan, bool sums);

// What it takes beside source, weights, bias and target.
std::unordered_map<int, dnnl::memory> BareScales(
    const dnnl::engine& engine, const ConvolutionPlan& plan,
    dnnl::memory::data_type weights);

dnnl::pooling_forward::primitive_desc BarePool(const dnnl::engine& engine,
                                               dnnl::algorithm kind,
                                               const dnnl::memory::desc& source,
                                               const dnnl::memory::desc& target,
                                               const PoolPlan& plan);

}  // namespace wanwu::bench
