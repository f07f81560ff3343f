#pragma once

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <optional>

#include "server/model/classifier.h"
#include "server/model/trunk/layers.h"

namespace wanwu::model::torchscript {

// A frozen network cut in two: what oneDNN runs by itself, and the rest.
struct SplitGraph {
  trunk::Trunk trunk;
  // From the trunk's result to the network's. Often there is nothing in it.
  std::shared_ptr<torch::jit::Graph> tail;
  // Those of the trunk are our own.
  OperatorCount operators;
};

// What makes tensors and is no constant.
int CountOperators(const torch::jit::Graph& graph);

// Cuts as late as it can. Nothing if the network does not begin with a
// convolution that a trunk can hold. With an affine of its input the network
// is an 8-bit one.
std::optional<SplitGraph> SplitNetwork(const torch::jit::Graph& graph,
                                       const trunk::Activation& input);

}  // namespace wanwu::model::torchscript
