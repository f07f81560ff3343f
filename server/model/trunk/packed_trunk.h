#pragma once

#include <dnnl.hpp>
#include <optional>
#include <span>
#include <vector>

#include "server/model/trunk/algorithm.h"
#include "server/model/trunk/algorithm_trial.h"
#include "server/model/trunk/arithmetic.h"
#include "server/model/trunk/convolution_step.h"
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
  // Packs for the calling thread's number of threads, and finds out by trial
  // how layers are computed fastest, which may take some seconds. `known`: what
  // algorithms() told of the same trunk, or nothing; a layer that has another
  // number there, or cannot have that, is tried. Only kInt8 takes a trunk with
  // affines. Throws dnnl::error or std::bad_alloc.
  PackedTrunk(Trunk trunk, Arithmetic arithmetic,
              std::span<const AlgorithmChoice> known = {});

  // Its weights are gone: they are in parameters().
  const Trunk& trunk() const { return trunk_; }
  Arithmetic arithmetic() const { return arithmetic_; }
  const SlotPlan& slots() const { return slots_; }
  // By layer.
  const Parameters& parameters(size_t layer) const {
    return parameters_[layer];
  }
  // By layer; of those that are convolutions.
  const std::vector<AlgorithmChoice>& algorithms() const { return algorithms_; }
  // What layers take beside activations, one after the other, for batches of
  // up to `batch` pictures.
  size_t ScratchBytes(int batch) const;
  // By layer of the head.
  const Parameters& head_parameters(size_t layer) const {
    return head_parameters_[layer];
  }

  // What the layers make, before the head.
  const Activation& features() const {
    return trunk_.activations[trunk_.output];
  }

 private:
  void AddConvolution(const Layer& layer, std::optional<AlgorithmChoice> choice,
                      AlgorithmTrial& trial);
  Parameters Pack(const Layer& layer,
                  const std::vector<Algorithm>& algorithms) const;
  static Parameters Pack(const HeadLayer& layer);

  Trunk trunk_;
  const Arithmetic arithmetic_;
  const SlotPlan slots_;
  std::vector<AlgorithmChoice> algorithms_;
  std::vector<Parameters> parameters_;
  std::vector<Parameters> head_parameters_;
};

}  // namespace wanwu::model::trunk
