#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <optional>

#include "server/model/trunk/operation.h"

namespace wanwu::model::torchscript {

// A convolution node with its weights; nothing if it is of a kind that no trunk
// holds, or its weights are computed.
std::optional<trunk::Convolution> ReadConvolution(const torch::jit::Node* node);

// aten::_convolution, which tracing writes.
std::optional<trunk::Convolution> ReadTracedConvolution(
    const torch::jit::Node* node);

// quantized::conv2d, with `clip` after it.
std::optional<trunk::Convolution> ReadQuantisedConvolution(
    const torch::jit::Node* node, const trunk::Clip& clip);

// A scale and a zero point of the range of unsigned bytes.
std::optional<trunk::Affine> ReadAffine(const torch::jit::Value* scale,
                                        const torch::jit::Value* zero_point);

// A batch norm that no convolution comes before, as one with a tap per channel.
std::optional<trunk::Convolution> ReadBatchNorm(const torch::jit::Node* node);

}  // namespace wanwu::model::torchscript
