#pragma once

#include <cstdint>
#include <vector>

#include "server/model/trunk/arithmetic.h"
#include "server/model/trunk/layers.h"

namespace wanwu::model::trunk {

// Which activations share memory because they are never needed at once.
struct SlotPlan {
  // Slot of each ValueId.
  std::vector<size_t> slot_of;
  // Per picture, of each slot.
  std::vector<int64_t> slot_bytes;
  // By layer: whether its addend is needed later on, so that it must be copied
  // into the target's slot instead of being summed into where it lies.
  std::vector<bool> copies_addend;
};

// A layer's target lies in no slot that the layer reads, but for its addend's,
// or a gate's source's, where that is not needed any more.
SlotPlan PlanSlots(const Trunk& trunk, Arithmetic arithmetic);

}  // namespace wanwu::model::trunk
