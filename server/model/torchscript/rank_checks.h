#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <optional>
#include <unordered_map>

namespace wanwu::model::torchscript {

// Works out what a graph asks about the ranks of activations: scripted modules
// check them before batch norms and adaptive pools, and raise if they are
// wrong.
class RankChecks {
 public:
  void SetRank(const torch::jit::Value* activation, int64_t rank) {
    ranks_[activation] = rank;
  }
  // Of an activation whose rank was set.
  int64_t RankOf(const torch::jit::Value* activation) const {
    return ranks_.at(activation);
  }

  // True if the node asks for a rank, compares one, or does nothing because of
  // such a comparison: whoever knows the ranks needs none of it.
  bool Read(const torch::jit::Node* node);

 private:
  bool ReadComparison(const torch::jit::Node* node);
  bool ReadBranch(const torch::jit::Node* node) const;
  std::optional<int64_t> Number(const torch::jit::Value* value) const;

  std::unordered_map<const torch::jit::Value*, int64_t> ranks_;
  // The lengths of lists of sizes.
  std::unordered_map<const torch::jit::Value*, int64_t> lengths_;
  std::unordered_map<const torch::jit::Value*, int64_t> numbers_;
  std::unordered_map<const torch::jit::Value*, bool> answers_;
};

}  // namespace wanwu::model::torchscript
