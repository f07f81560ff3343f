#include "server/model/torchscript/layer_comparison.h"

#include <ATen/Functions.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "server/model/torchscript/graph_split.h"
#include "server/model/torchscript/input_buffer.h"
#include "server/model/torchscript/module_reader.h"
#include "server/model/torchscript/torch_calls.h"
#include "server/model/torchscript/torch_classifier.h"
#include "server/model/torchscript/trunk_input.h"
#include "server/model/trunk/lane_trunk.h"
#include "server/model/trunk/packed_trunk.h"

namespace wanwu::model {
namespace {

using torch::jit::Graph;
using torch::jit::Value;
using torchscript::SplitGraph;

// By name of the value, [N,H,W,C] in float32.
using References = std::map<std::string, at::Tensor>;

// The copy's values by the names that they have in the original: copying may
// rename them.
std::map<std::string, Value*> ValuesByName(Graph& original, Graph& copy) {
  std::map<std::string, Value*> values;
  auto copied = copy.nodes().begin();
  for (torch::jit::Node* node : original.nodes()) {
    for (size_t i = 0; i < node->outputs().size(); ++i) {
      values[node->outputs()[i]->debugName()] = copied->outputs()[i];
    }
    ++copied;
  }
  return values;
}

at::Tensor AsRows(const at::Tensor& activation) {
  const at::Tensor values =
      activation.is_quantized() ? activation.dequantize() : activation;
  return values.to(at::kFloat).permute({0, 2, 3, 1}).contiguous();
}

// What libtorch makes on its way to each layer's result.
References RunReference(const torch::jit::Module& module,
                        const std::vector<trunk::Layer>& layers,
                        const at::Tensor& input) {
  const c10::InferenceMode inference_mode;
  const auto original = module.get_method("forward").graph();
  const auto graph = original->copy();
  const auto values = ValuesByName(*original, *graph);
  while (!graph->outputs().empty()) graph->eraseOutput(0);
  for (const trunk::Layer& layer : layers) {
    graph->registerOutput(values.at(layer.name));
  }
  std::vector<c10::IValue> stack = {module._ivalue(), input};
  torch::jit::GraphExecutor(graph, "layers").run(stack);
  References references;
  for (size_t i = 0; i < layers.size(); ++i) {
    references[layers[i].name] = AsRows(stack[i].toTensor());
  }
  return references;
}

LayerDifference Compare(const trunk::Layer& layer,
                        const trunk::Activation& shape,
                        std::span<const float> got,
                        const at::Tensor& reference) {
  LayerDifference difference{.name = layer.name,
                             .channels = shape.channels,
                             .height = shape.height,
                             .width = shape.width};
  const float* expected = reference.data_ptr<float>();
  double reference_squares = 0;
  double difference_squares = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const double value = expected[i];
    const double off = got[i] - value;
    reference_squares += value * value;
    difference_squares += off * off;
    difference.largest_difference =
        std::max(difference.largest_difference, std::abs(off));
  }
  const auto count = static_cast<double>(got.size());
  difference.reference_rms = std::sqrt(reference_squares / count);
  difference.difference_rms = std::sqrt(difference_squares / count);
  return difference;
}

absl::StatusOr<LayerComparison> Compare(const Package& package,
                                        Precision precision,
                                        const image::PixelTensor& picture,
                                        std::string bytes) {
  const InputSpec& input = package.manifest.input;
  const auto& quantisation =
      package.manifest.precisions.at(precision).input_quantisation;
  const torch::jit::Module module = torchscript::ReadModule(std::move(bytes));
  std::optional<SplitGraph> network = torchscript::SplitNetwork(
      *module.get_method("forward").graph(),
      torchscript::InputActivation(input, quantisation));
  if (!network) {
    return absl::UnimplementedError(
        "the network begins with nothing that our own layers can do");
  }
  const image::PixelTensor* batch[] = {&picture};
  torchscript::InputBuffer reference_input(input, quantisation);
  const References references =
      RunReference(module, network->trunk.layers, reference_input.Fill(batch));

  const trunk::PackedTrunk packed(std::move(network->trunk),
                                  torchscript::ArithmeticOf(precision));
  trunk::LaneTrunk lane(packed);
  torchscript::TrunkInput(input, quantisation, precision)
      .Fill(batch, lane.Input(1));
  LayerComparison comparison{network->operators, {}};
  lane.RunObserved(
      1, [&](const trunk::Layer& layer, std::span<const float> got) {
        LayerDifference difference =
            Compare(layer, packed.trunk().activations[layer.target], got,
                    references.at(layer.name));
        if (std::holds_alternative<trunk::Convolution>(layer.kind)) {
          difference.algorithms =
              packed.algorithms()[comparison.layers.size()].Text();
        }
        comparison.layers.push_back(std::move(difference));
      });
  return comparison;
}

}  // namespace

absl::StatusOr<LayerComparison> CompareLayers(
    const Package& package, Precision precision,
    const image::PixelTensor& picture) {
  PrepareLaneThread(1);
  absl::StatusOr<std::string> bytes = ReadModelFile(package, precision);
  if (!bytes.ok()) return bytes.status();
  LayerComparison comparison;
  const absl::Status status = torchscript::CatchAll([&] {
    auto compared = Compare(package, precision, picture, *std::move(bytes));
    if (compared.ok()) comparison = *std::move(compared);
    return compared.status();
  });
  if (status.ok()) return comparison;
  if (absl::IsUnimplemented(status)) return status;
  return absl::InvalidArgumentError(status.message());
}

}  // namespace wanwu::model
