#include "server/model/torchscript/operation_reader.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "server/model/torchscript/constant_arguments.h"
#include "server/model/torchscript/convolution_reader.h"
#include "server/model/torchscript/pool_reader.h"
#include "server/model/torchscript/rank_checks.h"

namespace wanwu::model::torchscript {
namespace {

using torch::jit::Node;
using torch::jit::Value;
using Kind = decltype(trunk::Operation::kind);

constexpr int64_t kPicturesRank = 4;

bool IsConstant(const Node* node) {
  return node->kind() == torch::jit::prim::Constant ||
         (node->kind() == torch::jit::prim::ListConstruct &&
          ConstantInts(node->output()));
}

std::optional<Kind> ReadLimit(double lowest, double highest) {
  return trunk::Limit{
      {static_cast<float>(lowest), static_cast<float>(highest)}};
}

std::optional<Kind> ReadHardtanh(const Node* node) {
  const std::optional<double> lowest = ConstantNumber(node->input(1));
  const std::optional<double> highest = ConstantNumber(node->input(2));
  if (!lowest || !highest) return std::nullopt;
  return ReadLimit(*lowest, *highest);
}

// Both terms are activations, and unscaled.
std::optional<Kind> ReadAdd(const Node* node) {
  if (ConstantNumber(node->input(2)) != 1.0) return std::nullopt;
  return trunk::Add{};
}

std::optional<Kind> ReadQuantisedAdd(const Node* node,
                                     const trunk::Clip& clip) {
  const std::optional<trunk::Affine> affine =
      ReadAffine(node->input(2), node->input(3));
  if (!affine) return std::nullopt;
  return trunk::Add{clip, affine};
}

// `sides`: left, right, top, bottom.
std::optional<Kind> ReadZeroPad(const Value* sides, bool zero) {
  const auto pads = ConstantInts(sides);
  if (!zero || !pads || pads->size() != 4) return std::nullopt;
  for (const int64_t pad : *pads) {
    if (pad < 0) return std::nullopt;
  }
  const auto side = [&](size_t i) { return static_cast<int>((*pads)[i]); };
  return trunk::ZeroPad{
      {.top = side(2), .left = side(0), .bottom = side(3), .right = side(1)}};
}

std::optional<Kind> ReadPad(const Node* node) {
  const auto mode = torch::jit::toIValue(node->input(2));
  const bool constant =
      mode && mode->isString() && mode->toStringRef() == "constant";
  const bool zero =
      IsConstantNone(node->input(3)) || ConstantNumber(node->input(3)) == 0.0;
  return ReadZeroPad(node->input(1), constant && zero);
}

std::optional<Kind> ReadConstantPad(const Node* node) {
  return ReadZeroPad(node->input(1), ConstantNumber(node->input(2)) == 0.0);
}

std::optional<Kind> ReadQuantise(const Node* node) {
  constexpr auto kUnsignedByte = static_cast<int64_t>(at::kQUInt8);
  const std::optional<trunk::Affine> affine =
      ReadAffine(node->input(1), node->input(2));
  if (!affine || ConstantInt(node->input(3)) != kUnsignedByte) {
    return std::nullopt;
  }
  return trunk::Quantise{*affine};
}

std::optional<Kind> ReadFlatten(const Node* node) {
  const bool from_channels = ConstantInt(node->input(1)) == 1;
  const auto last = ConstantInt(node->input(2));
  if (!from_channels || (last != -1 && last != 3)) return std::nullopt;
  return trunk::Flatten{};
}

std::optional<Kind> ReadLinear(const Node* node) {
  const auto weight = ConstantTensor(node->input(1));
  const auto bias = ConstantTensor(node->input(2));
  const bool plain = weight && weight->dim() == 2 &&
                     weight->scalar_type() == at::kFloat &&
                     (bias || IsConstantNone(node->input(2)));
  if (!plain) return std::nullopt;
  const auto weights =
      std::make_shared<trunk::LinearWeights>(trunk::LinearWeights{
          Elements<float>(*weight), BiasOrZeros(bias, weight->size(0))});
  return trunk::Linear{static_cast<int>(weight->size(1)),
                       static_cast<int>(weight->size(0)), weights};
}

// A list of activations, and the axis.
std::optional<Kind> ReadConcatenation(const Node* node) {
  const auto axis = ConstantInt(node->input(1));
  if (axis != 1 && axis != 1 - kPicturesRank) return std::nullopt;
  return trunk::Concatenate{};
}

std::optional<Kind> ReadKind(const Node* node, std::string_view name) {
  if (name == "aten::conv2d") return ReadConvolution(node);
  if (name == "aten::_convolution") return ReadTracedConvolution(node);
  if (name == "aten::relu") return trunk::Limit{trunk::kRelu};
  if (name == "aten::relu6") return ReadLimit(0, 6);
  if (name == "aten::hardtanh") return ReadHardtanh(node);
  if (name == "aten::hardswish") return trunk::Bend{trunk::Curve::kHardswish};
  if (name == "aten::hardsigmoid") {
    return trunk::Bend{trunk::Curve::kHardsigmoid};
  }
  if (name == "aten::silu") return trunk::Bend{trunk::Curve::kSilu};
  if (name == "aten::sigmoid") return trunk::Bend{trunk::Curve::kSigmoid};
  if (name == "aten::batch_norm") return ReadBatchNorm(node);
  if (name == "aten::mul") return trunk::Gate{};
  if (name == "aten::cat") return ReadConcatenation(node);
  if (name == "aten::add") return ReadAdd(node);
  if (name == "aten::avg_pool2d") return ReadAveragePool(node);
  if (name == "aten::max_pool2d") return ReadMaxPool(node);
  if (name == "aten::pad") return ReadPad(node);
  if (name == "aten::constant_pad_nd") return ReadConstantPad(node);
  if (name == "aten::dequantize") return trunk::Dequantise{};
  if (name == "aten::quantize_per_tensor") return ReadQuantise(node);
  if (name == "aten::adaptive_avg_pool2d") return ReadAdaptivePool(node);
  if (name == "aten::mean") return ReadMean(node);
  if (name == "aten::flatten") return ReadFlatten(node);
  if (name == "aten::linear") return ReadLinear(node);
  if (name == "quantized::conv2d") {
    return ReadQuantisedConvolution(node, trunk::kNoClip);
  }
  if (name == "quantized::conv2d_relu") {
    return ReadQuantisedConvolution(node, trunk::kRelu);
  }
  if (name == "quantized::add") return ReadQuantisedAdd(node, trunk::kNoClip);
  if (name == "quantized::add_relu") {
    return ReadQuantisedAdd(node, trunk::kRelu);
  }
  return std::nullopt;
}

// What of a node are activations.
std::vector<const Value*> SourcesOf(const Node* node, const Kind& kind) {
  if (std::holds_alternative<trunk::Concatenate>(kind)) {
    const Node* list = node->input(0)->node();
    if (list->kind() != torch::jit::prim::ListConstruct) return {};
    return {list->inputs().begin(), list->inputs().end()};
  }
  if (std::holds_alternative<trunk::Add>(kind) ||
      std::holds_alternative<trunk::Gate>(kind)) {
    return {node->input(0), node->input(1)};
  }
  return {node->input(0)};
}

class Reader {
 public:
  explicit Reader(const Value* input) {
    read_.values[input] = trunk::kInputValue;
    checks_.SetRank(input, kPicturesRank);
  }

  // False at the first node that is not understood.
  bool Read(const Node* node) {
    if (IsConstant(node)) return true;
    if (IsActivationList(node) || checks_.Read(node)) {
      helpers_.push_back(node);
      return true;
    }
    std::string_view name = node->kind().toQualString();
    const bool in_place = name.ends_with('_');
    if (in_place) name.remove_suffix(1);
    if (node->outputs().size() != 1) return false;
    std::optional<Kind> kind = ReadKind(node, name);
    if (!kind) return false;
    // Whoever else reads what is changed in place would see the change.
    if (in_place && node->input(0)->uses().size() != 1) return false;
    return Append(node, *std::move(kind));
  }

  LeadingOperations Take() { return std::move(read_); }

 private:
  // One that only a concatenation reads: nobody can change it.
  bool IsActivationList(const Node* node) const {
    if (node->kind() != torch::jit::prim::ListConstruct) return false;
    const auto& uses = node->output()->uses();
    return uses.size() == 1 && uses[0].user->kind() == torch::jit::aten::cat;
  }

  bool Append(const Node* node, Kind kind) {
    std::vector<trunk::ValueId> sources;
    int64_t rank = kPicturesRank;
    for (const Value* value : SourcesOf(node, kind)) {
      const auto source = read_.values.find(value);
      if (source == read_.values.end()) return false;
      sources.push_back(source->second);
      rank = checks_.RankOf(value);
    }
    if (sources.empty()) return false;
    checks_.SetRank(node->output(), IsFlat(kind) ? 2 : rank);
    const trunk::ValueId target = read_.operations.size() + 1;
    read_.values[node->output()] = target;
    read_.nodes.push_back({node, std::exchange(helpers_, {})});
    read_.operations.push_back({std::move(kind), std::move(sources), target,
                                node->output()->debugName()});
    return true;
  }

  static bool IsFlat(const Kind& kind) {
    const auto* average = std::get_if<trunk::GlobalAverage>(&kind);
    return std::holds_alternative<trunk::Flatten>(kind) ||
           (average != nullptr && average->flat);
  }

  LeadingOperations read_;
  RankChecks checks_;
  // Since the last operation.
  std::vector<const Node*> helpers_;
};

}  // namespace

LeadingOperations ReadLeadingOperations(const torch::jit::Graph& graph,
                                        const Value* input) {
  Reader reader(input);
  for (const Node* node : graph.nodes()) {
    if (!reader.Read(node)) break;
  }
  return reader.Take();
}

}  // namespace wanwu::model::torchscript
