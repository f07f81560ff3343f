#pragma once

#include <optional>
#include <span>
#include <vector>

#include "server/model/trunk/layers.h"
#include "server/model/trunk/operation.h"

namespace wanwu::model::trunk {

// What operations become when they are merged into each other.
struct FusedOperations {
  // Each after all that it needs.
  std::vector<Layer> layers;
  Head head;
  // Of the layers.
  ValueId output = 0;
};

// Nothing if an operation is left that neither a layer nor the head holds.
std::optional<FusedOperations> FuseOperations(
    std::span<const Operation> operations, ValueId output);

}  // namespace wanwu::model::trunk
