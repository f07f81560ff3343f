#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "server/model/trunk/operation.h"

namespace wanwu::model::torchscript {

// A node's arguments that are written into the graph; nothing where an argument
// is computed, or of another kind.
std::optional<int64_t> ConstantInt(const torch::jit::Value* value);
std::optional<double> ConstantNumber(const torch::jit::Value* value);
std::optional<bool> ConstantBool(const torch::jit::Value* value);
std::optional<at::Tensor> ConstantTensor(const torch::jit::Value* value);
std::optional<std::vector<int64_t>> ConstantInts(
    const torch::jit::Value* value);
bool IsConstantNone(const torch::jit::Value* value);

// A tensor's elements, row-major.
template <typename Element>
std::vector<Element> Elements(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous();
  const auto* data = flat.data_ptr<Element>();
  return {data, data + flat.numel()};
}

// `count` zeros where there is no bias.
std::vector<float> BiasOrZeros(const std::optional<at::Tensor>& bias,
                               int64_t count);

// Two numbers, height first; one number stands for both.
std::optional<trunk::Extent> AsExtent(const std::vector<int64_t>& numbers);

// As AsExtent, the same at opposite sides.
std::optional<trunk::Padding> AsPadding(const std::vector<int64_t>& numbers);

}  // namespace wanwu::model::torchscript
