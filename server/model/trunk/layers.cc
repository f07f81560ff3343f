#include "server/model/trunk/layers.h"

#include <algorithm>
#include <utility>

#include "server/model/trunk/fusion.h"
#include "server/model/trunk/layer_shapes.h"

namespace wanwu::model::trunk {
namespace {

bool HeadFits(const Trunk& trunk) {
  int features = trunk.activations[trunk.output].channels;
  for (const HeadLayer& layer : trunk.head.layers) {
    if (layer.linear.in_features != features) return false;
    features = layer.linear.out_features;
  }
  return true;
}

}  // namespace

Activation ResultOf(const Trunk& trunk) {
  Activation result = trunk.activations[trunk.output];
  result.affine = std::nullopt;
  const Head& head = trunk.head;
  if (head.averages) result.height = result.width = 1;
  if (!head.layers.empty()) {
    result.channels = head.layers.back().linear.out_features;
  }
  return result;
}

std::optional<Trunk> Fuse(std::span<const Operation> operations, ValueId output,
                          const Activation& input) {
  std::optional<FusedOperations> fused = FuseOperations(operations, output);
  if (!fused) return std::nullopt;
  ValueId largest = kInputValue;
  for (const Operation& operation : operations) {
    largest = std::max(largest, operation.target);
  }
  Trunk trunk{.layers = std::move(fused->layers),
              .head = std::move(fused->head),
              .activations = std::vector<Activation>(largest + 1),
              .output = fused->output};
  trunk.activations[kInputValue] = input;
  const bool fits =
      !trunk.layers.empty() && FillActivations(trunk) && HeadFits(trunk);
  return fits ? std::optional(std::move(trunk)) : std::nullopt;
}

}  // namespace wanwu::model::trunk
