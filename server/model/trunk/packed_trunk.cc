#include "server/model/trunk/packed_trunk.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "server/model/trunk/layer_descs.h"
#include "server/model/trunk/layer_primitive.h"
#include "server/model/trunk/winograd.h"

namespace wanwu::model::trunk {
namespace {

using dnnl::memory;

// `data` is only read.
memory Wrap(const memory::desc& desc, const void* data) {
  return {desc, CpuEngine(), const_cast<void*>(data)};
}

memory PlainWeights(const Convolution& convolution) {
  const ConvolutionWeights& weights = *convolution.weights;
  if (!weights.codes.empty()) {
    return Wrap(PlainWeightsDesc(convolution, memory::data_type::s8),
                weights.codes.data());
  }
  return Wrap(PlainWeightsDesc(convolution, memory::data_type::f32),
              weights.values.data());
}

memory Repack(memory plain, const memory::desc& desc) {
  memory packed(desc, CpuEngine());
  dnnl::stream stream(CpuEngine());
  dnnl::reorder(plain, packed).execute(stream, plain, packed);
  stream.wait();
  return packed;
}

// In each layout that oneDNN prefers for one of the batch sizes, which stand
// for those between them.
template <typename PreferredLayout>
std::vector<memory> PackAll(const memory& plain,
                            const PreferredLayout& preferred) {
  std::vector<memory> packed;
  for (int batch = 1; batch <= kLargestPackedBatch; batch *= 2) {
    const memory::desc layout = preferred(batch);
    const bool known = std::any_of(
        packed.begin(), packed.end(),
        [&](const memory& other) { return other.get_desc() == layout; });
    if (!known) packed.push_back(Repack(plain, layout));
  }
  return packed;
}

memory PackForWinograd(const Convolution& convolution, WinogradTile tile) {
  const auto size =
      static_cast<memory::dim>(WinogradWeightsSize(convolution, tile));
  memory packed({{size}, memory::data_type::f32, memory::format_tag::x},
                CpuEngine());
  PackWinogradWeights(convolution, tile,
                      static_cast<float*>(packed.get_data_handle()));
  return packed;
}

bool Fits(const AlgorithmChoice& choice,
          const std::vector<Algorithm>& possible) {
  const auto has = [&](Algorithm algorithm) {
    return std::find(possible.begin(), possible.end(), algorithm) !=
           possible.end();
  };
  return has(choice.alone) && has(choice.together);
}

// What later primitives ask for.
std::shared_ptr<const ConvolutionWeights> WithoutValues(
    const ConvolutionWeights& weights) {
  return std::make_shared<const ConvolutionWeights>(
      ConvolutionWeights{.values = {},
                         .codes = {},
                         .scales = weights.scales,
                         .bias = weights.bias});
}

}  // namespace

PackedTrunk::PackedTrunk(Trunk trunk, Arithmetic arithmetic,
                         std::span<const AlgorithmChoice> known)
    : trunk_(std::move(trunk)),
      arithmetic_(arithmetic),
      slots_(PlanSlots(trunk_, arithmetic)) {
  AlgorithmTrial trial(trunk_, arithmetic_);
  const bool is_known = known.size() == trunk_.layers.size();
  for (size_t i = 0; i < trunk_.layers.size(); ++i) {
    Layer& layer = trunk_.layers[i];
    auto* convolution = std::get_if<Convolution>(&layer.kind);
    if (convolution == nullptr) {
      algorithms_.emplace_back();
      parameters_.emplace_back();
      continue;
    }
    AddConvolution(layer, is_known ? std::optional(known[i]) : std::nullopt,
                   trial);
    convolution->weights = WithoutValues(*convolution->weights);
  }
  for (HeadLayer& layer : trunk_.head.layers) {
    head_parameters_.push_back(Pack(layer));
    layer.linear.weights = nullptr;
  }
}

size_t PackedTrunk::ScratchBytes(int batch) const {
  size_t most = 0;
  for (size_t i = 0; i < trunk_.layers.size(); ++i) {
    if (!std::holds_alternative<Convolution>(trunk_.layers[i].kind)) continue;
    for (const int size : {1, batch}) {
      most =
          std::max(most, trunk::ScratchBytes(trunk_, trunk_.layers[i],
                                             algorithms_[i].For(size), size));
    }
  }
  return most;
}

void PackedTrunk::AddConvolution(const Layer& layer,
                                 std::optional<AlgorithmChoice> choice,
                                 AlgorithmTrial& trial) {
  std::vector<Algorithm> wanted = AlgorithmsOf(layer, arithmetic_);
  if (wanted.size() == 1) {
    choice = {wanted.front(), wanted.front()};
  } else if (!choice || !Fits(*choice, wanted)) {
    choice = trial.Known(layer);
  }
  if (choice) {
    std::erase_if(wanted, [&](Algorithm one) { return !choice->Has(one); });
  }
  Parameters parameters = Pack(layer, wanted);
  if (!choice) {
    choice = trial.Try(layer, parameters);
    parameters.KeepOnly(*choice);
  }
  algorithms_.push_back(*choice);
  parameters_.push_back(std::move(parameters));
}

Parameters PackedTrunk::Pack(const Layer& layer,
                             const std::vector<Algorithm>& algorithms) const {
  const auto& convolution = std::get<Convolution>(layer.kind);
  const auto preferred = [&](int batch) {
    return ConvolutionPrimitive(trunk_, layer, arithmetic_, batch, std::nullopt)
        .weights_desc();
  };
  Parameters parameters;
  parameters.constants = ConvolutionConstants(trunk_, layer);
  for (const Algorithm algorithm : algorithms) {
    switch (algorithm) {
      case Algorithm::kDirect:
        parameters.weights = PackAll(PlainWeights(convolution), preferred);
        break;
      case Algorithm::kWinograd2:
        parameters.winograd2 = PackForWinograd(convolution, WinogradTile::k2);
        break;
      case Algorithm::kWinograd4:
        parameters.winograd4 = PackForWinograd(convolution, WinogradTile::k4);
        break;
    }
  }
  return parameters;
}

Parameters PackedTrunk::Pack(const HeadLayer& layer) {
  const Linear& linear = layer.linear;
  const auto preferred = [&](int batch) {
    return LinearPrimitive(layer, batch, std::nullopt).weights_desc();
  };
  return {PackAll(Wrap(PlainWeightsDesc(linear), linear.weights->values.data()),
                  preferred),
          {{DNNL_ARG_BIAS, MakeConstant(linear.weights->bias)}}};
}

}  // namespace wanwu::model::trunk
