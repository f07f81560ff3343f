#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "server/model/trunk/operation.h"

namespace wanwu::model::trunk {

// Operations that run as one: a convolution with the padding before it and the
// residual addition, limit or curve after it; a pooling, a gate, a
// concatenation; a way from bytes to float32 or back.
struct Layer {
  std::variant<Convolution, MaxPool, AveragePool, GlobalAverage, Gate,
               Concatenate, Dequantise, Quantise>
      kind;
  ValueId source = kInputValue;
  // What else is read: a gate's numbers, what a concatenation goes on with.
  std::vector<ValueId> more_sources = {};
  // Added before the limit or curve; for convolutions only.
  std::optional<ValueId> addend = std::nullopt;
  ValueId target = 0;
  std::string name;
};

// One activation, per picture.
struct Activation {
  int channels = 0;
  int height = 0;
  int width = 0;
  // Of bytes. Parts of an 8-bit model may be in float32: they have none.
  std::optional<Affine> affine = std::nullopt;

  int64_t size() const { return int64_t{channels} * height * width; }
};

// A fully connected layer with what is done to its results.
struct HeadLayer {
  Linear linear;
  Clip clip = kNoClip;
  Curve curve = Curve::kNone;
};

// What a classifier ends with, in float32 whatever the layers run in.
struct Head {
  // From 8 bits: so that 8-bit activations do not leave the trunk.
  bool dequantises = false;
  bool averages = false;
  // The result is [N, channels] instead of [N, channels, height, width].
  bool flattens = false;
  // After both of the above, one after the other.
  std::vector<HeadLayer> layers = {};
};

// What runs, in this order.
struct Trunk {
  std::vector<Layer> layers;
  Head head;
  // By ValueId; those that fusion removed are empty.
  std::vector<Activation> activations;
  // Of the layers.
  ValueId output = 0;
};

// What comes out at the end.
Activation ResultOf(const Trunk& trunk);

// Fuses `operations`, which are in an order that can be run, make the value
// `output` and number their values densely from `input` on. Nothing if an
// operation is left that neither a layer nor the head holds, or shapes do not
// fit.
std::optional<Trunk> Fuse(std::span<const Operation> operations, ValueId output,
                          const Activation& input);

}  // namespace wanwu::model::trunk
