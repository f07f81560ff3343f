#include "server/model/torchscript/rank_checks.h"

#include <functional>
#include <map>
#include <string_view>

#include "server/model/torchscript/constant_arguments.h"

namespace wanwu::model::torchscript {
namespace {

using torch::jit::Node;
using torch::jit::Value;
using Comparison = std::function<bool(int64_t, int64_t)>;

const std::map<std::string_view, Comparison>& Comparisons() {
  static const std::map<std::string_view, Comparison> comparisons = {
      {"aten::eq", std::equal_to<>()}, {"aten::ne", std::not_equal_to<>()},
      {"aten::lt", std::less<>()},     {"aten::le", std::less_equal<>()},
      {"aten::gt", std::greater<>()},  {"aten::ge", std::greater_equal<>()},
  };
  return comparisons;
}

// What `known` says of a node's only input is what it says of its output.
bool PassOn(const Node* node,
            const std::unordered_map<const Value*, int64_t>& known,
            std::unordered_map<const Value*, int64_t>& result) {
  if (node->inputs().size() != 1) return false;
  const auto found = known.find(node->input());
  if (found == known.end()) return false;
  result[node->output()] = found->second;
  return true;
}

}  // namespace

bool RankChecks::Read(const Node* node) {
  const std::string_view name = node->kind().toQualString();
  if (name == "aten::size") return PassOn(node, ranks_, lengths_);
  if (name == "aten::dim") return PassOn(node, ranks_, numbers_);
  if (name == "aten::len") return PassOn(node, lengths_, numbers_);
  if (name == "prim::If") return ReadBranch(node);
  return ReadComparison(node);
}

bool RankChecks::ReadComparison(const Node* node) {
  const auto comparison = Comparisons().find(node->kind().toQualString());
  if (comparison == Comparisons().end()) return false;
  const std::optional<int64_t> left = Number(node->input(0));
  const std::optional<int64_t> right = Number(node->input(1));
  if (!left || !right) return false;
  answers_[node->output()] = comparison->second(*left, *right);
  return true;
}

bool RankChecks::ReadBranch(const Node* node) const {
  const auto answer = answers_.find(node->input());
  if (answer == answers_.end() || !node->outputs().empty()) return false;
  const torch::jit::Block* taken = node->blocks()[answer->second ? 0 : 1];
  return taken->nodes().begin() == taken->nodes().end();
}

std::optional<int64_t> RankChecks::Number(const Value* value) const {
  const auto known = numbers_.find(value);
  return known == numbers_.end() ? ConstantInt(value) : known->second;
}

}  // namespace wanwu::model::torchscript
