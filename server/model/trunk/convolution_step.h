#pragma once

#include <cstddef>
#include <dnnl.hpp>
#include <functional>
#include <vector>

#include "server/model/trunk/algorithm.h"
#include "server/model/trunk/layer_primitive.h"

namespace wanwu::model::trunk {

// What a layer has been given once for all lanes; empty for layers that have
// no weights.
struct Parameters {
  // For oneDNN: the same weights in each layout that it prefers for some batch
  // size, most often one.
  std::vector<dnnl::memory> weights = {};
  // The bias, and whatever else oneDNN takes at every batch size.
  Arguments constants = {};
  // For Winograd's algorithm; empty where it is not used.
  dnnl::memory winograd2 = {};
  dnnl::memory winograd4 = {};

  // Gives up the weights that no batch size takes.
  void KeepOnly(const AlgorithmChoice& choice);

  // oneDNN's weights in that layout, or null.
  const dnnl::memory* Find(const dnnl::memory::desc& layout) const;
};

// Whatever part of a lane's work.
using Step = std::function<void(dnnl::stream&)>;

Step PrimitiveStep(dnnl::primitive primitive, Arguments arguments);

// Activations of a batch in their places. `scratch`: ScratchBytes, whose
// contents are nobody's.
struct ConvolutionPlaces {
  std::byte* source = nullptr;
  std::byte* target = nullptr;
  std::byte* scratch = nullptr;
};

// One of AlgorithmsOf; `parameters` has what it takes, and outlives the step.
// For the calling thread's number of threads. Throws dnnl::error.
Step ConvolutionStep(const Trunk& trunk, const Layer& layer,
                     Arithmetic arithmetic, Algorithm algorithm, int batch,
                     const Parameters& parameters,
                     const ConvolutionPlaces& places);

size_t ScratchBytes(const Trunk& trunk, const Layer& layer, Algorithm algorithm,
                    int batch);

}  // namespace wanwu::model::trunk
