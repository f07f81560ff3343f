#include "tests/server/model/trunk/networks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <utility>

namespace wanwu::model::trunk {
namespace {

// [N,H,W,C].
struct Values {
  int batch = 1;
  int height = 0;
  int width = 0;
  int channels = 0;
  std::vector<double> data;

  Values(int n, int h, int w, int c)
      : batch(n),
        height(h),
        width(w),
        channels(c),
        data(static_cast<size_t>(n) * static_cast<size_t>(h) *
             static_cast<size_t>(w) * static_cast<size_t>(c)) {}

  double& at(int n, int y, int x, int c) {
    return data[static_cast<size_t>(((n * height + y) * width + x) * channels +
                                    c)];
  }
  double at(int n, int y, int x, int c) const {
    return const_cast<Values*>(this)->at(n, y, x, c);
  }
  bool Holds(int y, int x) const {
    return y >= 0 && y < height && x >= 0 && x < width;
  }
};

int ResultLength(int length, int pads, int covered, int stride) {
  return (length + pads - covered) / stride + 1;
}

// Calls visit(source_y, source_x, tap) for each tap over a result pixel.
template <typename Visit>
void ForTaps(const Extent& kernel, const Extent& stride, const Extent& dilation,
             const Padding& padding, int y, int x, const Visit& visit) {
  for (int ky = 0; ky < kernel.height; ++ky) {
    for (int kx = 0; kx < kernel.width; ++kx) {
      visit(y * stride.height - padding.top + ky * dilation.height,
            x * stride.width - padding.left + kx * dilation.width,
            ky * kernel.width + kx);
    }
  }
}

template <typename Visit>
void ForEach(Values& values, const Visit& visit) {
  for (int n = 0; n < values.batch; ++n) {
    for (int y = 0; y < values.height; ++y) {
      for (int x = 0; x < values.width; ++x) {
        for (int c = 0; c < values.channels; ++c) {
          values.at(n, y, x, c) = visit(n, y, x, c);
        }
      }
    }
  }
}

double Clipped(double value, const Clip& clip) {
  return std::clamp(value, static_cast<double>(clip.lowest),
                    static_cast<double>(clip.highest));
}

void Round(Values& values, const std::optional<Affine>& affine) {
  if (!affine) return;
  for (double& value : values.data) {
    const double step = std::nearbyint(value / affine->scale);
    const double byte = std::clamp(step + affine->zero_point, 0.0, 255.0);
    value = (byte - affine->zero_point) * affine->scale;
  }
}

double WeightAt(const ConvolutionWeights& weights, size_t index,
                size_t out_channel) {
  return weights.codes.empty()
             ? static_cast<double>(weights.values[index])
             : static_cast<double>(weights.codes[index]) *
                   static_cast<double>(weights.scales[out_channel]);
}

Values Compute(const Convolution& kind, const std::vector<const Values*>& in) {
  const Values& source = *in[0];
  const int covered_y = (kind.kernel.height - 1) * kind.dilation.height + 1;
  const int covered_x = (kind.kernel.width - 1) * kind.dilation.width + 1;
  Values out(source.batch,
             ResultLength(source.height, kind.padding.top + kind.padding.bottom,
                          covered_y, kind.stride.height),
             ResultLength(source.width, kind.padding.left + kind.padding.right,
                          covered_x, kind.stride.width),
             kind.out_channels);
  const int group_in = kind.in_channels / kind.groups;
  const int group_out = kind.out_channels / kind.groups;
  const int taps = kind.kernel.height * kind.kernel.width;
  ForEach(out, [&](int n, int y, int x, int c) {
    const auto channel = static_cast<size_t>(c);
    double sum = kind.weights->bias[channel];
    ForTaps(kind.kernel, kind.stride, kind.dilation, kind.padding, y, x,
            [&](int sy, int sx, int tap) {
              if (!source.Holds(sy, sx)) return;
              for (int i = 0; i < group_in; ++i) {
                const int index = (c * group_in + i) * taps + tap;
                sum += WeightAt(*kind.weights, static_cast<size_t>(index),
                                channel) *
                       source.at(n, sy, sx, c / group_out * group_in + i);
              }
            });
    return Clipped(sum, kind.clip);
  });
  Round(out, kind.affine);
  return out;
}

Values Compute(const MaxPool& kind, const std::vector<const Values*>& in) {
  const Values& source = *in[0];
  Values out(source.batch,
             ResultLength(source.height, kind.padding.top + kind.padding.bottom,
                          kind.kernel.height, kind.stride.height),
             ResultLength(source.width, kind.padding.left + kind.padding.right,
                          kind.kernel.width, kind.stride.width),
             source.channels);
  ForEach(out, [&](int n, int y, int x, int c) {
    double best = -INFINITY;
    ForTaps(kind.kernel, kind.stride, {}, kind.padding, y, x,
            [&](int sy, int sx, int) {
              if (source.Holds(sy, sx)) {
                best = std::max(best, source.at(n, sy, sx, c));
              }
            });
    return best;
  });
  return out;
}

Values Compute(const AveragePool& kind, const std::vector<const Values*>& in) {
  const Values& source = *in[0];
  Values out(source.batch,
             ResultLength(source.height, kind.padding.top + kind.padding.bottom,
                          kind.kernel.height, kind.stride.height),
             ResultLength(source.width, kind.padding.left + kind.padding.right,
                          kind.kernel.width, kind.stride.width),
             source.channels);
  ForEach(out, [&](int n, int y, int x, int c) {
    double sum = 0;
    int counted = 0;
    ForTaps(kind.kernel, kind.stride, {}, kind.padding, y, x,
            [&](int sy, int sx, int) {
              const bool inside = source.Holds(sy, sx);
              if (inside) sum += source.at(n, sy, sx, c);
              if (inside || kind.counts_padding) ++counted;
            });
    return sum / counted;
  });
  return out;
}

Values Compute(const Add& kind, const std::vector<const Values*>& in) {
  Values out = *in[0];
  ForEach(out, [&](int n, int y, int x, int c) {
    return Clipped(in[0]->at(n, y, x, c) + in[1]->at(n, y, x, c), kind.clip);
  });
  Round(out, kind.affine);
  return out;
}

Values Compute(const ZeroPad& kind, const std::vector<const Values*>& in) {
  const Values& source = *in[0];
  const Padding& pad = kind.padding;
  Values out(source.batch, source.height + pad.top + pad.bottom,
             source.width + pad.left + pad.right, source.channels);
  ForEach(out, [&](int n, int y, int x, int c) {
    const int sy = y - pad.top;
    const int sx = x - pad.left;
    return source.Holds(sy, sx) ? source.at(n, sy, sx, c) : 0.0;
  });
  return out;
}

Values Compute(const Limit& kind, const std::vector<const Values*>& in) {
  Values out = *in[0];
  for (double& value : out.data) value = Clipped(value, kind.clip);
  return out;
}

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

double Bent(double x, Curve curve) {
  switch (curve) {
    case Curve::kNone:
      return x;
    case Curve::kHardswish:
      return x * std::clamp(x + 3, 0.0, 6.0) / 6;
    case Curve::kHardsigmoid:
      return std::clamp(x + 3, 0.0, 6.0) / 6;
    case Curve::kSilu:
      return x * Sigmoid(x);
    case Curve::kSigmoid:
      return Sigmoid(x);
  }
  return x;
}

Values Compute(const Bend& kind, const std::vector<const Values*>& in) {
  Values out = *in[0];
  for (double& value : out.data) value = Bent(value, kind.curve);
  return out;
}

Values Compute(const Gate&, const std::vector<const Values*>& in) {
  const bool ordered = in[1]->height == 1;
  const Values& source = *in[ordered ? 0 : 1];
  const Values& gate = *in[ordered ? 1 : 0];
  Values out = source;
  ForEach(out, [&](int n, int y, int x, int c) {
    return source.at(n, y, x, c) * gate.at(n, 0, 0, c);
  });
  return out;
}

Values Compute(const Concatenate&, const std::vector<const Values*>& in) {
  int channels = 0;
  for (const Values* source : in) channels += source->channels;
  Values out(in[0]->batch, in[0]->height, in[0]->width, channels);
  ForEach(out, [&](int n, int y, int x, int c) {
    size_t from = 0;
    while (c >= in[from]->channels) c -= in[from++]->channels;
    return in[from]->at(n, y, x, c);
  });
  return out;
}

Values Compute(const Dequantise&, const std::vector<const Values*>& in) {
  return *in[0];
}

Values Compute(const Quantise& kind, const std::vector<const Values*>& in) {
  Values out = *in[0];
  Round(out, kind.affine);
  return out;
}

Values Compute(const GlobalAverage&, const std::vector<const Values*>& in) {
  const Values& source = *in[0];
  Values out(source.batch, 1, 1, source.channels);
  ForEach(out, [&](int n, int, int, int c) {
    double sum = 0;
    for (int y = 0; y < source.height; ++y) {
      for (int x = 0; x < source.width; ++x) sum += source.at(n, y, x, c);
    }
    return sum / (source.height * source.width);
  });
  return out;
}

Values Compute(const Flatten&, const std::vector<const Values*>& in) {
  return *in[0];
}

Values Compute(const Linear& kind, const std::vector<const Values*>& in) {
  Values out(in[0]->batch, 1, 1, kind.out_features);
  ForEach(out, [&](int n, int, int, int c) {
    double sum = kind.weights->bias[static_cast<size_t>(c)];
    for (int i = 0; i < kind.in_features; ++i) {
      sum += in[0]->at(n, 0, 0, i) *
             static_cast<double>(
                 kind.weights
                     ->values[static_cast<size_t>(c * kind.in_features + i)]);
    }
    return sum;
  });
  return out;
}

}  // namespace

ValueId NetworkBuilder::Append(decltype(Operation::kind) kind,
                               std::vector<ValueId> sources) {
  const ValueId target = operations_.size() + 1;
  operations_.push_back({std::move(kind), std::move(sources), target,
                         "value" + std::to_string(target)});
  return target;
}

Convolution MakeConvolution(int in_channels, int out_channels, int kernel,
                            int groups) {
  auto weights = std::make_shared<ConvolutionWeights>();
  const int count = out_channels * in_channels / groups * kernel * kernel;
  for (int i = 0; i < count; ++i) {
    weights->values.push_back(static_cast<float>(i * 37 % 101 - 50) / 100);
  }
  for (int i = 0; i < out_channels; ++i) {
    weights->bias.push_back(static_cast<float>(i % 7 - 3) / 4);
  }
  return {.in_channels = in_channels,
          .out_channels = out_channels,
          .groups = groups,
          .kernel = {kernel, kernel},
          .stride = {1, 1},
          .dilation = {1, 1},
          .padding = {kernel / 2, kernel / 2, kernel / 2, kernel / 2},
          .clip = kNoClip,
          .affine = std::nullopt,
          .weights = std::move(weights)};
}

std::vector<AlgorithmChoice> Everywhere(const Trunk& trunk,
                                        Algorithm algorithm) {
  return std::vector<AlgorithmChoice>(trunk.layers.size(),
                                      {algorithm, algorithm});
}

std::vector<float> RunPlainly(const std::vector<Operation>& operations,
                              ValueId output, const Activation& input,
                              const std::vector<float>& pictures, int batch) {
  Values first(batch, input.height, input.width, input.channels);
  std::copy(pictures.begin(), pictures.end(), first.data.begin());
  std::map<ValueId, Values> values = {{kInputValue, std::move(first)}};
  for (const Operation& operation : operations) {
    std::vector<const Values*> sources;
    for (const ValueId source : operation.sources) {
      sources.push_back(&values.at(source));
    }
    values.emplace(
        operation.target,
        std::visit([&](const auto& kind) { return Compute(kind, sources); },
                   operation.kind));
  }
  const Values& result = values.at(output);
  return {result.data.begin(), result.data.end()};
}

}  // namespace wanwu::model::trunk
