#include "server/model/trunk/packed_trunk.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "server/model/trunk/layer_descs.h"
#include "server/model/trunk/layer_primitive.h"

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
  for (HeadLayer& layer : trunk_.head.layers) {
    head_parameters_.push_back(Pack(layer));
    layer.linear.weights = nullptr;
  }
}

const memory* PackedTrunk::Parameters::Find(const memory::desc& layout) const {
  const auto found = std::find_if(
      weights.begin(), weights.end(),
      [&](const memory& packed) { return packed.get_desc() == layout; });
  return found == weights.end() ? nullptr : &*found;
}

PackedTrunk::Parameters PackedTrunk::Pack(const Layer& layer) const {
  const auto& convolution = std::get<Convolution>(layer.kind);
  const auto preferred = [&](int batch) {
    return ConvolutionPrimitive(trunk_, layer, arithmetic_, batch, std::nullopt)
        .weights_desc();
  };
  return {PackAll(PlainWeights(convolution), preferred),
          ConvolutionConstants(trunk_, layer, arithmetic_)};
}

PackedTrunk::Parameters PackedTrunk::Pack(const HeadLayer& layer) {
  const Linear& linear = layer.linear;
  const auto preferred = [&](int batch) {
    return LinearPrimitive(layer, batch, std::nullopt).weights_desc();
  };
  return {PackAll(Wrap(PlainWeightsDesc(linear), linear.weights->values.data()),
                  preferred),
          {{DNNL_ARG_BIAS, MakeConstant(linear.weights->bias)}}};
}

}  // namespace wanwu::model::trunk
