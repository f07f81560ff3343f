#pragma once

#include <vector>

#include "server/model/trunk/algorithm.h"
#include "server/model/trunk/layers.h"
#include "server/model/trunk/operation.h"

namespace wanwu::model::trunk {

// Writes small networks, operation by operation.
class NetworkBuilder {
 public:
  // Appends an operation and returns the value that it makes.
  ValueId Append(decltype(Operation::kind) kind, std::vector<ValueId> sources);

  const std::vector<Operation>& operations() const { return operations_; }

 private:
  std::vector<Operation> operations_;
};

// Weights that differ everywhere and are no larger than 1.
Convolution MakeConvolution(int in_channels, int out_channels, int kernel,
                            int groups = 1);

// That algorithm for every layer of a trunk that can have it.
std::vector<AlgorithmChoice> Everywhere(const Trunk& trunk,
                                        Algorithm algorithm);

// `operations` one after the other in double precision on [N,H,W,C] values,
// with the target of each rounded as its affine says. The plainest way there
// is. The result is [N,H,W,C], too.
std::vector<float> RunPlainly(const std::vector<Operation>& operations,
                              ValueId output, const Activation& input,
                              const std::vector<float>& pictures, int batch);

}  // namespace wanwu::model::trunk
