#pragma once

#include <dnnl.hpp>
#include <optional>
#include <utility>

#include "server/model/trunk/convolution_step.h"

namespace wanwu::model::trunk {

// A primitive in the layout of weights that oneDNN prefers, or else in one that
// there is, with the weights in it. `make` makes it for a layout, or for none.
template <typename Make>
auto WithWeights(const Make& make, const Parameters& parameters) {
  const auto preferred = make(std::nullopt);
  const dnnl::memory* weights = parameters.Find(preferred.weights_desc());
  if (weights != nullptr) return std::pair(preferred, *weights);
  const dnnl::memory& other = parameters.weights.front();
  return std::pair(make(other.get_desc()), other);
}

}  // namespace wanwu::model::trunk
