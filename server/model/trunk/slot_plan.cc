#include "server/model/trunk/slot_plan.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <set>

namespace wanwu::model::trunk {
namespace {

constexpr size_t kNever = std::numeric_limits<size_t>::max();

// The layer after which each value is not needed any more.
std::vector<size_t> LastReaders(const Trunk& trunk) {
  std::vector<size_t> last(trunk.activations.size(), 0);
  for (size_t i = 0; i < trunk.layers.size(); ++i) {
    last[trunk.layers[i].source] = i;
    if (trunk.layers[i].addend) last[*trunk.layers[i].addend] = i;
  }
  last[trunk.output] = kNever;
  return last;
}

class Planner {
 public:
  explicit Planner(const Trunk& trunk)
      : trunk_(trunk), last_reader_(LastReaders(trunk)) {
    plan_.slot_of.resize(trunk.activations.size());
    plan_.copies_addend.resize(trunk.layers.size());
  }

  SlotPlan Plan() {
    Place(kInputValue);
    for (size_t i = 0; i < trunk_.layers.size(); ++i) PlaceTarget(i);
    return std::move(plan_);
  }

 private:
  void PlaceTarget(size_t index) {
    const Layer& layer = trunk_.layers[index];
    const bool in_place = layer.addend && layer.addend != layer.source &&
                          last_reader_[*layer.addend] == index;
    plan_.copies_addend[index] = layer.addend && !in_place;
    if (in_place) {
      plan_.slot_of[layer.target] = plan_.slot_of[*layer.addend];
    } else {
      Place(layer.target);
    }
    Release(layer.source, index);
    if (layer.addend && !in_place) Release(*layer.addend, index);
  }

  void Release(ValueId value, size_t reader) {
    if (last_reader_[value] == reader) free_.insert(plan_.slot_of[value]);
  }

  // Into the free slot that grows least, or a new one.
  void Place(ValueId value) {
    const int64_t size = trunk_.activations[value].size();
    const auto growth = [&](size_t slot) {
      return std::max<int64_t>(size - plan_.slot_sizes[slot], 0);
    };
    const auto best = std::min_element(
        free_.begin(), free_.end(),
        [&](size_t a, size_t b) { return growth(a) < growth(b); });
    size_t slot = plan_.slot_sizes.size();
    if (best == free_.end()) {
      plan_.slot_sizes.push_back(size);
    } else {
      slot = *best;
      free_.erase(best);
      plan_.slot_sizes[slot] = std::max(plan_.slot_sizes[slot], size);
    }
    plan_.slot_of[value] = slot;
  }

  const Trunk& trunk_;
  const std::vector<size_t> last_reader_;
  std::set<size_t> free_;
  SlotPlan plan_;
};

}  // namespace

SlotPlan PlanSlots(const Trunk& trunk) { return Planner(trunk).Plan(); }

}  // namespace wanwu::model::trunk
