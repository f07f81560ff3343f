#include "server/model/torchscript/graph_split.h"

#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/frozen_linear_transpose.h>
#include <torch/csrc/jit/passes/frozen_ops_to_mkldnn.h>

#include <algorithm>
#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include "server/model/torchscript/operation_reader.h"

namespace wanwu::model::torchscript {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// A frozen module's inputs: itself, which nothing reads, and the pictures.
constexpr size_t kSelfInput = 0;
constexpr size_t kPicturesInput = 1;

std::unordered_set<const Node*> MembersOf(
    const std::vector<OperationNodes>& operations) {
  std::unordered_set<const Node*> members;
  for (const OperationNodes& operation : operations) {
    members.insert(operation.maker);
    members.insert(operation.helpers.begin(), operation.helpers.end());
  }
  return members;
}

// The graph's own node that `node` is in, perhaps itself.
const Node* Outermost(const Node* node) {
  while (const Node* holder = node->owningBlock()->owningNode()) node = holder;
  return node;
}

// The one value that nodes outside of `inside` read of those inside.
const Value* OnlyResult(const std::vector<OperationNodes>& inside,
                        const Value* input) {
  const std::unordered_set<const Node*> members = MembersOf(inside);
  const auto leaves = [&](const Value* value) {
    return std::any_of(value->uses().begin(), value->uses().end(),
                       [&](const torch::jit::Use& use) {
                         return !members.contains(Outermost(use.user));
                       });
  };
  if (leaves(input)) return nullptr;
  const Value* result = nullptr;
  for (const auto& [maker, helpers] : inside) {
    for (const Node* helper : helpers) {
      const auto& outputs = helper->outputs();
      if (std::any_of(outputs.begin(), outputs.end(), leaves)) return nullptr;
    }
    if (!leaves(maker->output())) continue;
    if (result != nullptr) return nullptr;
    result = maker->output();
  }
  return result;
}

bool HasBytes(const trunk::Trunk& trunk) {
  return trunk.head.dequantises ||
         std::any_of(trunk.layers.begin(), trunk.layers.end(),
                     [&](const trunk::Layer& layer) {
                       return trunk.activations[layer.target].affine;
                     });
}

bool HasConvolution(const trunk::Trunk& trunk) {
  return std::any_of(
      trunk.layers.begin(), trunk.layers.end(), [](const trunk::Layer& layer) {
        return std::holds_alternative<trunk::Convolution>(layer.kind);
      });
}

// How the result's values are bytes, if the graph has them so.
std::optional<trunk::Affine> ResultBytes(const trunk::Trunk& trunk) {
  if (trunk.head.dequantises) return std::nullopt;
  return trunk.activations[trunk.output].affine;
}

int CountIn(const torch::jit::Block* block) {
  int count = 0;
  for (const Node* node : block->nodes()) {
    const auto& outputs = node->outputs();
    const bool makes_tensors =
        std::any_of(outputs.begin(), outputs.end(), [](const Value* value) {
          return value->type()->isSubtypeOf(*c10::TensorType::get());
        });
    if (makes_tensors && !node->kind().is_prim()) ++count;
    for (const torch::jit::Block* inner : node->blocks()) {
      count += CountIn(inner);
    }
  }
  return count;
}

// The graph without what comes before `result`, which becomes its only input:
// in float, from which bytes are made where the graph goes on with them.
std::shared_ptr<Graph> Tail(const Graph& graph, const Value* result,
                            const std::vector<OperationNodes>& before,
                            const std::optional<trunk::Affine>& bytes) {
  const std::unordered_set<const Node*> members = MembersOf(before);
  std::vector<Node*> doomed;
  std::shared_ptr<Graph> tail = const_cast<Graph&>(graph).copy();
  const std::vector<Node*> copies(tail->nodes().begin(), tail->nodes().end());
  Value* features = tail->addInput("features");
  if (bytes) {
    const torch::jit::WithInsertPoint at(*tail->nodes().begin());
    features = tail->insert(c10::aten::quantize_per_tensor,
                            {features, static_cast<double>(bytes->scale),
                             bytes->zero_point, c10::ScalarType::QUInt8});
  }
  auto original = graph.nodes().begin();
  for (Node* copy : copies) {
    if (members.contains(*original)) doomed.push_back(copy);
    if (*original == result->node()) {
      copy->output()->replaceAllUsesWith(features);
    }
    ++original;
  }
  std::for_each(doomed.rbegin(), doomed.rend(),
                [](Node* node) { node->destroy(); });
  torch::jit::EliminateDeadCode(tail);
  // As optimize_for_inference does with modules.
  const c10::InferenceMode inference_mode;
  torch::jit::ConvertFrozenOpsToMKLDNN(tail);
  torch::jit::FrozenLinearTranspose(tail);
  tail->eraseInput(kPicturesInput);
  tail->eraseInput(kSelfInput);
  return tail;
}

}  // namespace

int CountOperators(const Graph& graph) { return CountIn(graph.block()); }

std::optional<SplitGraph> SplitNetwork(const Graph& graph,
                                       const trunk::Activation& input) {
  const bool known_inputs =
      graph.inputs().size() == 2 && !graph.inputs()[kSelfInput]->hasUses();
  if (!known_inputs) return std::nullopt;
  const Value* pictures = graph.inputs()[kPicturesInput];
  LeadingOperations leading = ReadLeadingOperations(graph, pictures);
  for (; !leading.operations.empty();
       leading.operations.pop_back(), leading.nodes.pop_back()) {
    const Value* result = OnlyResult(leading.nodes, pictures);
    if (result == nullptr) continue;
    std::optional<trunk::Trunk> trunk =
        trunk::Fuse(leading.operations, leading.values.at(result), input);
    // A trunk in bytes may have parts in float, but begins with bytes.
    if (trunk && HasConvolution(*trunk) &&
        (input.affine || !HasBytes(*trunk))) {
      auto tail = Tail(graph, result, leading.nodes, ResultBytes(*trunk));
      return SplitGraph{*std::move(trunk),
                        std::move(tail),
                        {.own = static_cast<int>(leading.operations.size()),
                         .all = CountOperators(graph)}};
    }
  }
  return std::nullopt;
}

}  // namespace wanwu::model::torchscript
