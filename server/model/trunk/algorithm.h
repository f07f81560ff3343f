#pragma once

#include <array>
#include <string>
#include <vector>

#include "server/model/trunk/arithmetic.h"
#include "server/model/trunk/layers.h"

namespace wanwu::model::trunk {

// How a convolution is computed.
enum class Algorithm {
  // By oneDNN.
  kDirect,
  // See winograd.h.
  kWinograd2,
  kWinograd4,
};

// Those that a convolution can have, by falling size of weights: what is mostly
// fastest is the first.
std::vector<Algorithm> AlgorithmsOf(const Layer& layer, Arithmetic arithmetic);

// The algorithm of a layer by batch size.
class AlgorithmChoice {
 public:
  // From each of these on.
  static constexpr std::array kBatches = {1, 2, 4, 8};

  AlgorithmChoice() : AlgorithmChoice(Algorithm::kDirect) {}
  explicit AlgorithmChoice(Algorithm always) { by_batch_.fill(always); }

  // From that batch size on.
  void Set(int batch, Algorithm algorithm);
  Algorithm For(int batch) const;
  // Whether any batch size takes it.
  bool Has(Algorithm algorithm) const;
  // "direct", or "winograd2, from 4 winograd4".
  std::string Text() const;

 private:
  std::array<Algorithm, kBatches.size()> by_batch_{};
};

}  // namespace wanwu::model::trunk
