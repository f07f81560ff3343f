#include "server/model/torchscript/constant_arguments.h"

#include <torch/csrc/jit/ir/constants.h>

namespace wanwu::model::torchscript {

using torch::jit::toIValue;
using torch::jit::Value;

std::optional<int64_t> ConstantInt(const Value* value) {
  const auto constant = toIValue(value);
  if (!constant || !constant->isInt()) return std::nullopt;
  return constant->toInt();
}

std::optional<double> ConstantNumber(const Value* value) {
  const auto constant = toIValue(value);
  if (!constant || !constant->isScalar()) return std::nullopt;
  return constant->toScalar().toDouble();
}

std::optional<bool> ConstantBool(const Value* value) {
  const auto constant = toIValue(value);
  if (!constant || !constant->isBool()) return std::nullopt;
  return constant->toBool();
}

std::optional<at::Tensor> ConstantTensor(const Value* value) {
  const auto constant = toIValue(value);
  if (!constant || !constant->isTensor()) return std::nullopt;
  return constant->toTensor();
}

std::optional<std::vector<int64_t>> ConstantInts(const Value* value) {
  const auto constant = toIValue(value);
  if (constant && constant->isIntList()) return constant->toIntVector();
  const torch::jit::Node* node = value->node();
  if (node->kind() != torch::jit::prim::ListConstruct) return std::nullopt;
  std::vector<int64_t> numbers;
  for (const Value* element : node->inputs()) {
    const std::optional<int64_t> number = ConstantInt(element);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

bool IsConstantNone(const Value* value) {
  const auto constant = toIValue(value);
  return constant && constant->isNone();
}

std::vector<float> BiasOrZeros(const std::optional<at::Tensor>& bias,
                               int64_t count) {
  if (!bias) return std::vector<float>(static_cast<size_t>(count));
  return Elements<float>(bias->to(at::kFloat));
}

std::optional<trunk::Extent> AsExtent(const std::vector<int64_t>& numbers) {
  if (numbers.empty() || numbers.size() > 2) return std::nullopt;
  return trunk::Extent{static_cast<int>(numbers.front()),
                       static_cast<int>(numbers.back())};
}

std::optional<trunk::Padding> AsPadding(const std::vector<int64_t>& numbers) {
  const std::optional<trunk::Extent> extent = AsExtent(numbers);
  if (!extent) return std::nullopt;
  return trunk::Padding{extent->height, extent->width, extent->height,
                        extent->width};
}

}  // namespace wanwu::model::torchscript
