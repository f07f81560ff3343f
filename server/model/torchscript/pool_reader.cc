#include "server/model/torchscript/pool_reader.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "server/model/torchscript/constant_arguments.h"

namespace wanwu::model::torchscript {
namespace {

using torch::jit::Node;

struct Window {
  trunk::Extent kernel;
  trunk::Extent stride;
  trunk::Padding padding;
};

// Arguments: kernel, stride (empty: as the kernel), padding.
std::optional<Window> ReadWindow(const Node* node) {
  const auto kernel = ConstantInts(node->input(1));
  auto stride = ConstantInts(node->input(2));
  const auto padding = ConstantInts(node->input(3));
  if (!kernel || !stride || !padding) return std::nullopt;
  if (stride->empty()) stride = kernel;
  const auto kernel_extent = AsExtent(*kernel);
  const auto stride_extent = AsExtent(*stride);
  const auto pads = AsPadding(*padding);
  if (!kernel_extent || !stride_extent || !pads) return std::nullopt;
  return Window{*kernel_extent, *stride_extent, *pads};
}

}  // namespace

// Then: dilation, whether sizes are rounded up.
std::optional<trunk::MaxPool> ReadMaxPool(const Node* node) {
  const std::optional<Window> window = ReadWindow(node);
  const auto dilation = ConstantInts(node->input(4));
  const bool plain = dilation && AsExtent(*dilation) == trunk::Extent{1, 1} &&
                     ConstantBool(node->input(5)) == false;
  if (!window || !plain) return std::nullopt;
  return trunk::MaxPool{window->kernel, window->stride, window->padding};
}

// Then: whether sizes are rounded up, whether padding counts, a divisor.
std::optional<trunk::AveragePool> ReadAveragePool(const Node* node) {
  const std::optional<Window> window = ReadWindow(node);
  const bool plain =
      ConstantBool(node->input(4)) == false && IsConstantNone(node->input(6));
  const std::optional<bool> counts_padding = ConstantBool(node->input(5));
  if (!window || !plain || !counts_padding) return std::nullopt;
  return trunk::AveragePool{window->kernel, window->stride, window->padding,
                            *counts_padding};
}

std::optional<trunk::GlobalAverage> ReadAdaptivePool(const Node* node) {
  const auto size = ConstantInts(node->input(1));
  if (!size || AsExtent(*size) != trunk::Extent{1, 1}) return std::nullopt;
  return trunk::GlobalAverage{};
}

// Arguments: axes, whether they stay, type of the result.
std::optional<trunk::GlobalAverage> ReadMean(const Node* node) {
  auto axes = ConstantInts(node->input(1));
  const std::optional<bool> keeps = ConstantBool(node->input(2));
  if (!axes || !keeps || !IsConstantNone(node->input(3))) return std::nullopt;
  constexpr int64_t kRank = 4;
  for (int64_t& axis : *axes) axis = axis < 0 ? axis + kRank : axis;
  std::sort(axes->begin(), axes->end());
  if (*axes != std::vector<int64_t>{2, 3}) return std::nullopt;
  return trunk::GlobalAverage{.flat = !*keeps};
}

}  // namespace wanwu::model::torchscript
