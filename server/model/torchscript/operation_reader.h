#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <unordered_map>
#include <vector>

#include "server/model/trunk/operation.h"

namespace wanwu::model::torchscript {

// What an operation is in the graph.
struct OperationNodes {
  const torch::jit::Node* maker = nullptr;
  // What else is gone from the graph with it: checks of ranks that came before
  // it, the list of what it concatenates.
  std::vector<const torch::jit::Node*> helpers = {};
};

// The operations that a graph begins with, up to the first that no trunk can
// hold.
struct LeadingOperations {
  std::vector<trunk::Operation> operations;
  // By operation.
  std::vector<OperationNodes> nodes;
  std::unordered_map<const torch::jit::Value*, trunk::ValueId> values;
};

// `graph` is frozen; `input` is the one of its inputs that gets the pictures.
LeadingOperations ReadLeadingOperations(const torch::jit::Graph& graph,
                                        const torch::jit::Value* input);

}  // namespace wanwu::model::torchscript
