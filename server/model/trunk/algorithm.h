#pragma once

#include <optional>
#include <string>
#include <string_view>
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

// The algorithm of a layer for one picture, and for batches of more.
struct AlgorithmChoice {
  Algorithm alone = Algorithm::kDirect;
  Algorithm together = Algorithm::kDirect;

  Algorithm For(int batch) const { return batch == 1 ? alone : together; }
  bool Has(Algorithm algorithm) const {
    return algorithm == alone || algorithm == together;
  }
  // "direct", or "winograd2, in batches winograd4".
  std::string Text() const;

  bool operator==(const AlgorithmChoice&) const = default;
};

// Of its Text().
std::optional<AlgorithmChoice> ParseAlgorithmChoice(std::string_view text);

}  // namespace wanwu::model::trunk
