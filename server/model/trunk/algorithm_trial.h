#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "server/model/trunk/algorithm.h"
#include "server/model/trunk/convolution_step.h"

namespace wanwu::model::trunk {

// Finds out how a trunk's convolutions are computed fastest on the calling
// thread, by computing them: the least CPU time of a few runs, for small
// batches with caches as other layers leave them. Layers of one shape are tried
// once. For one trunk; throws dnnl::error or std::bad_alloc.
class AlgorithmTrial {
 public:
  AlgorithmTrial(const Trunk& trunk, Arithmetic arithmetic)
      : trunk_(trunk), arithmetic_(arithmetic) {}

  // What a layer of the same shape has got, if it was tried.
  std::optional<AlgorithmChoice> Known(const Layer& layer) const;

  // `parameters` has what each of AlgorithmsOf takes. Once the trial of a trunk
  // has taken kBudget, the first of AlgorithmsOf is taken untried.
  static constexpr std::chrono::seconds kBudget{2};
  AlgorithmChoice Try(const Layer& layer, const Parameters& parameters);

 private:
  // More than most CPUs' last cache has for a thread.
  static constexpr size_t kOtherBytes = size_t{32} << 20;

  struct Tried {
    Layer layer;
    AlgorithmChoice choice;
  };

  bool Alike(const Layer& left, const Layer& right) const;
  // The last of those that are nearly as fast as the fastest.
  Algorithm Best(const std::vector<Algorithm>& algorithms, const Layer& layer,
                 int batch, const Parameters& parameters);
  void LeaveCaches();

  const Trunk& trunk_;
  const Arithmetic arithmetic_;
  std::chrono::nanoseconds taken_{};
  // What the caches are filled with.
  std::vector<std::byte> other_;
  std::vector<Tried> tried_;
};

}  // namespace wanwu::model::trunk
