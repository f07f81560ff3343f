#include "server/model/trunk/packed_trunk.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "server/model/trunk/layer_primitive.h"

namespace wanwu::model::trunk {
namespace {

using dnnl::memory;

// oneDNN lays weights out by a primitive's shape. The layouts that it picks for
// one picture are those that it picks for more.
constexpr int kPackingBatch = 1;

memory PlainWeights(const Convolution& convolution) {
  const ConvolutionWeights& weights = *convolution.weights;
  const bool bytes = !weights.codes.empty();
  const void* data = bytes ? static_cast<const void*>(weights.codes.data())
                           : static_cast<const void*>(weights.values.data());
  const auto type = bytes ? memory::data_type::s8 : memory::data_type::f32;
  // Only read.
  return {PlainWeightsDesc(convolution, type), CpuEngine(),
          const_cast<void*>(data)};
}

memory Bias(const Trunk& trunk, const Layer& layer) {
  const std::vector<float> values = ScaledBias(trunk, layer);
  memory bias(BiasDesc(std::get<Convolution>(layer.kind)), CpuEngine());
  std::copy(values.begin(), values.end(),
            static_cast<float*>(bias.get_data_handle()));
  return bias;
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

PackedTrunk::PackedTrunk(Trunk trunk, Arithmetic arithmetic)
    : trunk_(std::move(trunk)),
      arithmetic_(arithmetic),
      slots_(PlanSlots(trunk_)) {
  for (Layer& layer : trunk_.layers) {
    auto* convolution = std::get_if<Convolution>(&layer.kind);
    parameters_.push_back(convolution != nullptr ? Pack(layer) : Parameters{});
    if (convolution != nullptr) {
      convolution->weights = WithoutValues(*convolution->weights);
    }
  }
}

PackedTrunk::Parameters PackedTrunk::Pack(const Layer& layer) const {
  const auto primitive = ConvolutionPrimitive(trunk_, layer, arithmetic_,
                                              kPackingBatch, std::nullopt);
  memory plain = PlainWeights(std::get<Convolution>(layer.kind));
  memory packed(primitive.weights_desc(), CpuEngine());
  dnnl::stream stream(CpuEngine());
  dnnl::reorder(plain, packed).execute(stream, plain, packed);
  stream.wait();
  return {packed, Bias(trunk_, layer)};
}

}  // namespace wanwu::model::trunk
