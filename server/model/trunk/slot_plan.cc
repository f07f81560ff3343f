#include "server/model/trunk/slot_plan.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <set>
#include <variant>

namespace wanwu::model::trunk {
namespace {

constexpr size_t kNever = std::numeric_limits<size_t>::max();

// The layer after which each value is not needed any more.
std::vector<size_t> LastReaders(const Trunk& trunk) {
  std::vector<size_t> last(trunk.activations.size(), 0);
  for (size_t i = 0; i < trunk.layers.size(); ++i) {
    const Layer& layer = trunk.layers[i];
    last[layer.source] = i;
    for (const ValueId more : layer.more_sources) last[more] = i;
    if (layer.addend) last[*layer.addend] = i;
  }
  last[trunk.output] = kNever;
  return last;
}

class Planner {
 public:
  Planner(const Trunk& trunk, Arithmetic arithmetic)
      : trunk_(trunk),
        arithmetic_(arithmetic),
        last_reader_(LastReaders(trunk)) {
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
    const std::optional<ValueId> host = Host(index);
    plan_.copies_addend[index] = layer.addend && !host;
    if (host) {
      plan_.slot_of[layer.target] = plan_.slot_of[*host];
    } else {
      Place(layer.target);
    }
    std::set<ValueId> read(layer.more_sources.begin(),
                           layer.more_sources.end());
    read.insert(layer.source);
    if (layer.addend) read.insert(*layer.addend);
    for (const ValueId value : read) {
      if (value != host) Release(value, index);
    }
  }

  // The activation whose place the layer's target takes: one that is changed
  // where it lies and not needed any more.
  std::optional<ValueId> Host(size_t index) const {
    const Layer& layer = trunk_.layers[index];
    std::optional<ValueId> host = layer.addend;
    bool read_otherwise = host == layer.source;
    if (std::holds_alternative<Gate>(layer.kind)) {
      host = layer.source;
      read_otherwise = layer.more_sources[0] == layer.source;
    }
    const bool free = host && !read_otherwise && last_reader_[*host] == index;
    return free ? host : std::nullopt;
  }

  void Release(ValueId value, size_t reader) {
    if (last_reader_[value] == reader) free_.insert(plan_.slot_of[value]);
  }

  // Into the free slot that grows least, or a new one.
  void Place(ValueId value) {
    const Activation& activation = trunk_.activations[value];
    const int64_t bytes =
        activation.size() * (activation.affine ? 1 : FloatBytes(arithmetic_));
    const auto growth = [&](size_t slot) {
      return std::max<int64_t>(bytes - plan_.slot_bytes[slot], 0);
    };
    const auto best = std::min_element(
        free_.begin(), free_.end(),
        [&](size_t a, size_t b) { return growth(a) < growth(b); });
    size_t slot = plan_.slot_bytes.size();
    if (best == free_.end()) {
      plan_.slot_bytes.push_back(bytes);
    } else {
      slot = *best;
      free_.erase(best);
      plan_.slot_bytes[slot] = std::max(plan_.slot_bytes[slot], bytes);
    }
    plan_.slot_of[value] = slot;
  }

  const Trunk& trunk_;
  const Arithmetic arithmetic_;
  const std::vector<size_t> last_reader_;
  std::set<size_t> free_;
  SlotPlan plan_;
};

}  // namespace

SlotPlan PlanSlots(const Trunk& trunk, Arithmetic arithmetic) {
  return Planner(trunk, arithmetic).Plan();
}

}  // namespace wanwu::model::trunk
