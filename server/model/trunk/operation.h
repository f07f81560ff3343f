#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace wanwu::model::trunk {

// A network's leading part, operation by operation, as it is written in the
// model file. Activations are [N, channels, height, width].

// Names one activation. The trunk's input is 0.
using ValueId = size_t;
inline constexpr ValueId kInputValue = 0;

struct Extent {
  int height = 1;
  int width = 1;

  bool operator==(const Extent&) const = default;
};

// Pixels added at each side.
struct Padding {
  int top = 0;
  int left = 0;
  int bottom = 0;
  int right = 0;

  bool operator==(const Padding&) const = default;
};

// How an 8-bit activation is read: value = (byte - zero_point) * scale.
struct Affine {
  float scale = 1;
  int zero_point = 0;

  bool operator==(const Affine&) const = default;
};

// Values are limited to lowest … highest: relu is 0 … infinity.
struct Clip {
  float lowest = -std::numeric_limits<float>::infinity();
  float highest = std::numeric_limits<float>::infinity();

  bool operator==(const Clip&) const = default;
};
inline constexpr Clip kNoClip = {};
inline constexpr Clip kRelu = {0, std::numeric_limits<float>::infinity()};

// What is done to each value x by itself.
enum class Curve {
  kNone,
  // x × min(max(x + 3, 0), 6) / 6
  kHardswish,
  // min(max(x + 3, 0), 6) / 6
  kHardsigmoid,
  // x × sigmoid(x)
  kSilu,
  kSigmoid,
};

// [out_channels, in_channels / groups, height, width], row-major: either values
// or, for 8-bit models, codes with a scale per output channel.
struct ConvolutionWeights {
  std::vector<float> values;
  std::vector<int8_t> codes;
  std::vector<float> scales;
  // Per output channel.
  std::vector<float> bias;
};

struct Convolution {
  int in_channels = 0;
  int out_channels = 0;
  int groups = 1;
  Extent kernel;
  Extent stride;
  // 1: the kernel's taps are neighbours.
  Extent dilation;
  Padding padding;
  // What is done to each sum: one of the two, or neither.
  Clip clip;
  Curve curve = Curve::kNone;
  // Of the result, for 8-bit models.
  std::optional<Affine> affine = std::nullopt;
  std::shared_ptr<const ConvolutionWeights> weights = nullptr;
};

// Padding counts as lower than any value.
struct MaxPool {
  Extent kernel;
  Extent stride;
  Padding padding;
};

// Of float activations.
struct AveragePool {
  Extent kernel;
  Extent stride;
  Padding padding;
  // Padding counts as zeros, instead of not at all.
  bool counts_padding = true;
};

// The sum of two activations.
struct Add {
  Clip clip;
  std::optional<Affine> affine = std::nullopt;
};

// Zeros around.
struct ZeroPad {
  Padding padding;
};

struct Limit {
  Clip clip;
};

struct Bend {
  Curve curve = Curve::kNone;
};

// Each channel of a float activation times a number of its own: the product
// with one of [N, channels, 1, 1], in whatever order.
struct Gate {};

// Float activations one after the other, by channels.
struct Concatenate {};

// From 8 bits to float32.
struct Dequantise {};

// From float32 to 8 bits.
struct Quantise {
  Affine affine;
};

// The mean over height and width, as [N, channels, 1, 1], or [N, channels] if
// flat.
struct GlobalAverage {
  bool flat = false;
};

// From [N, C, H, W] to [N, C × H × W].
struct Flatten {};

// [out_features, in_features], row-major.
struct LinearWeights {
  std::vector<float> values;
  // Per output feature.
  std::vector<float> bias;
};

// A fully connected layer on [N, in_features].
struct Linear {
  int in_features = 0;
  int out_features = 0;
  std::shared_ptr<const LinearWeights> weights = nullptr;
};

struct Operation {
  std::variant<Convolution, MaxPool, AveragePool, Add, ZeroPad, Limit, Bend,
               Gate, Concatenate, Dequantise, Quantise, GlobalAverage, Flatten,
               Linear>
      kind;
  // Two for Add and Gate, any number for Concatenate, one for all others.
  std::vector<ValueId> sources;
  ValueId target = 0;
  // What the model file calls the target.
  std::string name;
};

}  // namespace wanwu::model::trunk
