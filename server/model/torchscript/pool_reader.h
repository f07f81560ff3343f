#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <optional>

#include "server/model/trunk/operation.h"

namespace wanwu::model::torchscript {

// Pools and means as a trunk has them; nothing for those that it has not.
std::optional<trunk::MaxPool> ReadMaxPool(const torch::jit::Node* node);
std::optional<trunk::AveragePool> ReadAveragePool(const torch::jit::Node* node);
std::optional<trunk::GlobalAverage> ReadAdaptivePool(
    const torch::jit::Node* node);
std::optional<trunk::GlobalAverage> ReadMean(const torch::jit::Node* node);

}  // namespace wanwu::model::torchscript
