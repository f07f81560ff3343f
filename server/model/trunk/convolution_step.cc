#include "server/model/trunk/convolution_step.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/model/trunk/layer_descs.h"
#include "server/model/trunk/weights_in_layout.h"
#include "server/model/trunk/winograd.h"

namespace wanwu::model::trunk {
namespace {

using dnnl::memory;

Step DirectStep(const Trunk& trunk, const Layer& layer, Arithmetic arithmetic,
                int batch, const Parameters& parameters,
                const ConvolutionPlaces& places) {
  const auto make = [&](const std::optional<memory::desc>& weights) {
    return ConvolutionPrimitive(trunk, layer, arithmetic, batch, weights);
  };
  const auto [description, weights] = WithWeights(make, parameters);
  Arguments arguments = parameters.constants;
  arguments.emplace(DNNL_ARG_WEIGHTS, weights);
  arguments.emplace(DNNL_ARG_SRC,
                    memory(description.src_desc(), CpuEngine(), places.source));
  arguments.emplace(DNNL_ARG_DST,
                    memory(description.dst_desc(), CpuEngine(), places.target));
  return PrimitiveStep(dnnl::convolution_forward(description),
                       std::move(arguments));
}

WinogradTile TileOf(Algorithm algorithm) {
  return algorithm == Algorithm::kWinograd2 ? WinogradTile::k2
                                            : WinogradTile::k4;
}

float* Floats(std::byte* place) { return reinterpret_cast<float*>(place); }

const float* Floats(const memory& values) {
  return static_cast<const float*>(values.get_data_handle());
}

Step WinogradStep(const WinogradLayer& layer, int batch,
                  const Parameters& parameters,
                  const ConvolutionPlaces& places) {
  const memory& weights = layer.tile == WinogradTile::k2 ? parameters.winograd2
                                                         : parameters.winograd4;
  return [layer, batch, weights = Floats(weights),
          bias = Floats(parameters.constants.at(DNNL_ARG_BIAS)),
          places](dnnl::stream& /*stream*/) {
    RunWinograd(layer, batch, weights, bias, Floats(places.source),
                Floats(places.target), Floats(places.scratch));
  };
}

}  // namespace

void Parameters::KeepOnly(const AlgorithmChoice& choice) {
  if (!choice.Has(Algorithm::kDirect)) weights.clear();
  if (!choice.Has(Algorithm::kWinograd2)) winograd2 = {};
  if (!choice.Has(Algorithm::kWinograd4)) winograd4 = {};
}

const memory* Parameters::Find(const memory::desc& layout) const {
  const auto found = std::find_if(
      weights.begin(), weights.end(),
      [&](const memory& packed) { return packed.get_desc() == layout; });
  return found == weights.end() ? nullptr : &*found;
}

Step PrimitiveStep(dnnl::primitive primitive, Arguments arguments) {
  return [primitive = std::move(primitive), arguments = std::move(arguments)](
             dnnl::stream& stream) { primitive.execute(stream, arguments); };
}

Step ConvolutionStep(const Trunk& trunk, const Layer& layer,
                     Arithmetic arithmetic, Algorithm algorithm, int batch,
                     const Parameters& parameters,
                     const ConvolutionPlaces& places) {
  switch (algorithm) {
    case Algorithm::kDirect:
      return DirectStep(trunk, layer, arithmetic, batch, parameters, places);
    case Algorithm::kWinograd2:
    case Algorithm::kWinograd4:
      return WinogradStep(MakeWinogradLayer(trunk, layer, TileOf(algorithm)),
                          batch, parameters, places);
  }
  return {};
}

size_t ScratchBytes(const Trunk& trunk, const Layer& layer, Algorithm algorithm,
                    int batch) {
  if (algorithm != Algorithm::kWinograd2 &&
      algorithm != Algorithm::kWinograd4) {
    return 0;
  }
  return WinogradScratchSize(MakeWinogradLayer(trunk, layer, TileOf(algorithm)),
                             batch) *
         sizeof(float);
}

}  // namespace wanwu::model::trunk
