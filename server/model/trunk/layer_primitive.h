#pragma once

#include <dnnl.hpp>
#include <optional>

#include "server/model/trunk/arithmetic.h"
#include "server/model/trunk/layers.h"

namespace wanwu::model::trunk {

// The CPU, as oneDNN sees it. One for the process.
const dnnl::engine& CpuEngine();

// Where and how an activation of `batch` pictures lies: [N,H,W,C].
dnnl::memory::desc ActivationDesc(const Activation& activation,
                                  Arithmetic arithmetic, int batch);

// How the model file's weights of a convolution lie.
dnnl::memory::desc PlainWeightsDesc(const Convolution& convolution,
                                    dnnl::memory::data_type type);

dnnl::memory::desc BiasDesc(const Convolution& convolution);
dnnl::memory::desc BiasDesc(const Linear& linear);

// The bias as the primitive wants it: for kInt8 in steps of its sums.
std::vector<float> ScaledBias(const Trunk& trunk, const Layer& layer);

// A convolution over `batch` pictures. Sums into its target if it has an
// addend. `weights`: how its weights lie; nothing lets oneDNN choose. oneDNN
// builds it for the calling thread's number of threads. Throws dnnl::error.
dnnl::convolution_forward::primitive_desc ConvolutionPrimitive(
    const Trunk& trunk, const Layer& layer, Arithmetic arithmetic, int batch,
    const std::optional<dnnl::memory::desc>& weights);

// As above, for a pooling.
dnnl::pooling_forward::primitive_desc PoolPrimitive(const Trunk& trunk,
                                                    const Layer& layer,
                                                    Arithmetic arithmetic,
                                                    int batch);

// Turns an activation into float32 values in the same layout.
dnnl::reorder::primitive_desc ToFloatPrimitive(const Activation& activation,
                                               Arithmetic arithmetic,
                                               int batch);

// The mean of a float32 activation over height and width, as [N,C].
dnnl::pooling_forward::primitive_desc AveragePrimitive(
    const Activation& activation, int batch);

// A fully connected layer in float32; `weights` as for ConvolutionPrimitive.
dnnl::inner_product_forward::primitive_desc LinearPrimitive(
    const Linear& linear, int batch,
    const std::optional<dnnl::memory::desc>& weights);

// How the model file's weights lie.
dnnl::memory::desc PlainWeightsDesc(const Linear& linear);

}  // namespace wanwu::model::trunk
