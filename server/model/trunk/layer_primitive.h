#pragma once

#include <dnnl.hpp>
#include <optional>
#include <unordered_map>

#include "server/model/trunk/arithmetic.h"
#include "server/model/trunk/layers.h"

// A layer as oneDNN's primitive. The major versions of oneDNN differ in how one
// is described, and in what it computes with at which time, so that each has a
// source file of its own, of which CMake takes one.
namespace wanwu::model::trunk {

// What primitives take, by DNNL_ARG_….
using Arguments = std::unordered_map<int, dnnl::memory>;

// A convolution over `batch` pictures. Sums into its target if it has an
// addend. `weights`: how its weights lie; nothing lets oneDNN choose. oneDNN
// builds it for the calling thread's number of threads. Throws dnnl::error.
dnnl::convolution_forward::primitive_desc ConvolutionPrimitive(
    const Trunk& trunk, const Layer& layer, Arithmetic arithmetic, int batch,
    const std::optional<dnnl::memory::desc>& weights);

// What it takes beside source, weights and target, whatever the batch.
Arguments ConvolutionConstants(const Trunk& trunk, const Layer& layer);

// As above, for a pooling of whatever kind, the global average among them.
dnnl::pooling_forward::primitive_desc PoolPrimitive(const Trunk& trunk,
                                                    const Layer& layer,
                                                    Arithmetic arithmetic,
                                                    int batch);

// As above, for a gate.
dnnl::binary::primitive_desc GatePrimitive(const Trunk& trunk,
                                           const Layer& layer,
                                           Arithmetic arithmetic, int batch);

// As above, for a concatenation.
dnnl::concat::primitive_desc ConcatenationPrimitive(const Trunk& trunk,
                                                    const Layer& layer,
                                                    Arithmetic arithmetic,
                                                    int batch);

// Turns an activation into float32 values in the same layout.
dnnl::reorder::primitive_desc ToFloatPrimitive(const Activation& activation,
                                               Arithmetic arithmetic,
                                               int batch);

// What it takes beside source and target.
Arguments ToFloatConstants(const Activation& activation);

// Rounds float32 values to an activation's bytes, in the same layout.
dnnl::reorder::primitive_desc ToBytesPrimitive(const Activation& activation,
                                               Arithmetic arithmetic,
                                               int batch);

// What it takes beside source and target.
Arguments ToBytesConstants(const Activation& activation);

// The mean of a float32 activation over height and width, as [N,C].
dnnl::pooling_forward::primitive_desc AveragePrimitive(
    const Activation& activation, int batch);

// A fully connected layer in float32; `weights` as for ConvolutionPrimitive.
dnnl::inner_product_forward::primitive_desc LinearPrimitive(
    const HeadLayer& layer, int batch,
    const std::optional<dnnl::memory::desc>& weights);

}  // namespace wanwu::model::trunk
