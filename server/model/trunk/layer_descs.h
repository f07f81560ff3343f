#pragma once

#include <dnnl.hpp>
#include <vector>

#include "server/model/trunk/arithmetic.h"
#include "server/model/trunk/layers.h"

namespace wanwu::model::trunk {

// The CPU, as oneDNN sees it. One for the process.
const dnnl::engine& CpuEngine();

// Where and how an activation of `batch` pictures lies: [N,H,W,C].
dnnl::memory::desc ActivationDesc(const Activation& activation,
                                  Arithmetic arithmetic, int batch);
// The same, were it in float32.
dnnl::memory::desc FloatDesc(const Activation& activation, int batch);

// How the model file's weights lie.
dnnl::memory::desc PlainWeightsDesc(const Convolution& convolution,
                                    dnnl::memory::data_type type);
dnnl::memory::desc PlainWeightsDesc(const Linear& linear);

// Weights in whatever layout oneDNN chooses.
dnnl::memory::desc AnyWeightsDesc(const Convolution& convolution,
                                  Arithmetic arithmetic);
dnnl::memory::desc AnyWeightsDesc(const Linear& linear);

dnnl::memory::desc BiasDesc(const Convolution& convolution);
dnnl::memory::desc BiasDesc(const Linear& linear);

// What a sum of each output channel of a convolution on bytes is worth in its
// target's bytes.
std::vector<float> SumScales(const Trunk& trunk, const Layer& layer);

// How a pooling of whatever kind moves over `source`.
struct PoolWindow {
  dnnl::algorithm algorithm = dnnl::algorithm::pooling_max;
  Extent kernel;
  Extent stride;
  Padding padding;
};
PoolWindow PoolWindowOf(const Layer& layer, const Activation& source);

// A vector of its own, as biases and scales are given.
dnnl::memory MakeConstant(const std::vector<float>& values);

dnnl::memory::dims Dims(const Extent& extent);
// oneDNN counts the pixels between a kernel's taps.
dnnl::memory::dims Gaps(const Extent& dilation);
dnnl::memory::dims Before(const Padding& padding);
dnnl::memory::dims After(const Padding& padding);

}  // namespace wanwu::model::trunk
