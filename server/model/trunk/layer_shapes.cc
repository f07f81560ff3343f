#include "server/model/trunk/layer_shapes.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace wanwu::model::trunk {
namespace {

struct Window {
  Extent kernel;
  Extent stride;
  Extent dilation;
  Padding padding;
};

int ResultLength(int length, int padding, int kernel, int dilation,
                 int stride) {
  const int covered = (kernel - 1) * dilation + 1;
  return (length + padding - covered) / stride + 1;
}

Activation Slide(const Activation& source, const Window& window) {
  Activation target = source;
  target.height = ResultLength(
      source.height, window.padding.top + window.padding.bottom,
      window.kernel.height, window.dilation.height, window.stride.height);
  target.width = ResultLength(
      source.width, window.padding.left + window.padding.right,
      window.kernel.width, window.dilation.width, window.stride.width);
  return target;
}

using Sources = std::vector<const Activation*>;

bool SameArea(const Activation& left, const Activation& right) {
  return left.height == right.height && left.width == right.width;
}

bool IsOnePixel(const Activation& activation) {
  return activation.height == 1 && activation.width == 1;
}

std::optional<Activation> ResultOf(const Convolution& convolution,
                                   const Sources& sources) {
  const Activation& source = *sources[0];
  if (source.channels != convolution.in_channels ||
      source.affine.has_value() != convolution.affine.has_value()) {
    return std::nullopt;
  }
  Activation target =
      Slide(source, {convolution.kernel, convolution.stride,
                     convolution.dilation, convolution.padding});
  target.channels = convolution.out_channels;
  target.affine = convolution.affine;
  return target;
}

std::optional<Activation> ResultOf(const MaxPool& pool,
                                   const Sources& sources) {
  return Slide(*sources[0], {pool.kernel, pool.stride, {}, pool.padding});
}

std::optional<Activation> ResultOf(const AveragePool& pool,
                                   const Sources& sources) {
  if (sources[0]->affine) return std::nullopt;
  return Slide(*sources[0], {pool.kernel, pool.stride, {}, pool.padding});
}

std::optional<Activation> ResultOf(const GlobalAverage& average,
                                   const Sources& sources) {
  if (sources[0]->affine || average.flat) return std::nullopt;
  return Activation{sources[0]->channels, 1, 1};
}

std::optional<Activation> ResultOf(const Gate&, const Sources& sources) {
  const bool fits = !sources[0]->affine && !sources[1]->affine &&
                    IsOnePixel(*sources[1]) &&
                    sources[0]->channels == sources[1]->channels;
  return fits ? std::optional(*sources[0]) : std::nullopt;
}

std::optional<Activation> ResultOf(const Concatenate&, const Sources& sources) {
  Activation target = *sources[0];
  target.channels = 0;
  for (const Activation* source : sources) {
    if (source->affine || !SameArea(*source, target)) return std::nullopt;
    target.channels += source->channels;
  }
  return target;
}

std::optional<Activation> ResultOf(const Dequantise&, const Sources& sources) {
  if (!sources[0]->affine) return std::nullopt;
  Activation target = *sources[0];
  target.affine = std::nullopt;
  return target;
}

std::optional<Activation> ResultOf(const Quantise& quantise,
                                   const Sources& sources) {
  if (sources[0]->affine) return std::nullopt;
  Activation target = *sources[0];
  target.affine = quantise.affine;
  return target;
}

void OrderGate(Layer& layer, const std::vector<Activation>& activations) {
  if (!std::holds_alternative<Gate>(layer.kind)) return;
  ValueId& gate = layer.more_sources[0];
  if (IsOnePixel(activations[layer.source]) && !IsOnePixel(activations[gate])) {
    std::swap(layer.source, gate);
  }
}

}  // namespace

bool FillActivations(Trunk& trunk) {
  for (Layer& layer : trunk.layers) {
    OrderGate(layer, trunk.activations);
    Sources sources = {&trunk.activations[layer.source]};
    for (const ValueId more : layer.more_sources) {
      sources.push_back(&trunk.activations[more]);
    }
    const std::optional<Activation> target = std::visit(
        [&](const auto& kind) { return ResultOf(kind, sources); }, layer.kind);
    if (!target || target->height < 1 || target->width < 1) return false;
    if (layer.addend) {
      const Activation& addend = trunk.activations[*layer.addend];
      if (target->channels != addend.channels || !SameArea(*target, addend) ||
          target->affine.has_value() != addend.affine.has_value()) {
        return false;
      }
    }
    trunk.activations[layer.target] = *target;
  }
  return true;
}

}  // namespace wanwu::model::trunk
