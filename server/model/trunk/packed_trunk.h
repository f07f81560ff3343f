#pragma once

#include <dnnl.hpp>
#include <vector>

#include "server/model/trunk/arithmetic.h"
#include "server/model/trunk/layer_primitive.h"
#include "server/model/trunk/layers.h"
#include "server/model/trunk/slot_plan.h"

namespace wanwu::model::trunk {

inline constexpr int kLargestPackedBatch = 32;

// A trunk with its weights laid out for this CPU and for batches of up to
// kLargestPackedBatch pictures (larger ones run, but perhaps not as fast),
// shared by all lanes.
// Immutable and thread-safe.
class PackedTrunk {
 public:
  // Packs for the calling thread's number of threads. kInt8 wants a trunk with
  // an affine for every activation, the others one without. Throws dnnl::error.
  PackedTrunk(Trunk trunk, Arithmetic arithmetic);

  // Empty for layers that have none.
  struct Parameters {
    // The same weights in each layout that oneDNN prefers for some batch size:
    // most often one.
    std::vector<dnnl::memory> weights;
    // The bias, and whatever else the primitive takes at every batch size.
    Arguments constants;

    // The weights in that layout, or null.
    const dnnl::memory* Find(const dnnl::memory::desc& layout) const;
  };

  // Its weights are gone: they are in parameters().
  const Trunk& trunk() const { return trunk_; }
  Arithmetic arithmetic() const { return arithmetic_; }
  const SlotPlan& slots() const { return slots_; }
  // By layer.
  const Parameters& parameters(size_t layer) const {
    return parameters_[layer];
  }
  // By layer of the head.
  const Parameters& head_parameters(size_t layer) const {
    return head_parameters_[layer];
  }

  // What the layers make, before the head.
  const Activation& features() const {
    return trunk_.activations[trunk_.output];
  }

 private:
  Parameters Pack(const Layer& layer) const;
  static Parameters Pack(const HeadLayer& layer);

  Trunk trunk_;
  const Arithmetic arithmetic_;
  const SlotPlan slots_;
  std::vector<Parameters> parameters_;
  std::vector<Parameters> head_parameters_;
};

}  // namespace wanwu::model::trunk
