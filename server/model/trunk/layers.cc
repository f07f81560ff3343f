#include "server/model/trunk/layers.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>

namespace wanwu::model::trunk {
namespace {

// Operations while they are being merged into each other; one that was merged
// into another is gone.
class Fusion {
 public:
  Fusion(std::span<const Operation> operations, ValueId output)
      : operations_(operations.begin(), operations.end()),
        addends_(operations.size()),
        gone_(operations.size(), false),
        output_(output) {}

  // False if something cannot be merged.
  bool Run() {
    if (!PeelHead()) return false;
    for (size_t i = 0; i < operations_.size(); ++i) {
      if (!Merge(i)) return false;
    }
    return true;
  }

  ValueId output() const { return output_; }
  const Head& head() const { return head_; }

  // What is left, each after all that it needs.
  std::vector<Layer> OrderedLayers() const {
    std::vector<Layer> layers;
    std::vector<bool> emitted(operations_.size(), false);
    const std::function<void(ValueId)> emit = [&](ValueId value) {
      const std::optional<size_t> maker = Maker(value);
      if (!maker || emitted[*maker]) return;
      emitted[*maker] = true;
      const Operation& operation = operations_[*maker];
      emit(operation.sources[0]);
      if (addends_[*maker]) emit(*addends_[*maker]);
      layers.push_back(AsLayer(*maker));
    };
    emit(output_);
    return layers;
  }

 private:
  bool Merge(size_t index) {
    const Operation& operation = operations_[index];
    if (auto* pad = std::get_if<ZeroPad>(&operation.kind)) {
      return MergePad(index, pad->padding);
    }
    if (auto* limit = std::get_if<Limit>(&operation.kind)) {
      return MergeLimit(index, limit->clip);
    }
    if (auto* add = std::get_if<Add>(&operation.kind)) {
      return MergeAdd(index, *add);
    }
    return gone_[index] ||
           std::holds_alternative<Convolution>(operation.kind) ||
           std::holds_alternative<MaxPool>(operation.kind);
  }

  // Takes linear, flatten, average and dequantise off the end, in this order.
  bool PeelHead() {
    if (const auto* linear = Peel<Linear>()) head_.linear = *linear;
    const bool flatten = Peel<Flatten>() != nullptr;
    if (const auto* average = Peel<GlobalAverage>()) {
      head_.averages = true;
      head_.flattens = flatten || average->flat;
    }
    head_.dequantises = Peel<Dequantise>() != nullptr;
    // Flattening more than one pixel would want another layout.
    if (flatten && !head_.averages) return false;
    return !head_.linear || head_.flattens;
  }

  // The output's maker if it is of that kind; what it reads is the output then.
  template <typename Kind>
  const Kind* Peel() {
    const std::optional<size_t> maker = Maker(output_);
    if (!maker) return nullptr;
    const auto* kind = std::get_if<Kind>(&operations_[*maker].kind);
    if (kind == nullptr) return nullptr;
    gone_[*maker] = true;
    output_ = operations_[*maker].sources[0];
    return kind;
  }

  // Into the convolution that alone reads it.
  bool MergePad(size_t index, const Padding& padding) {
    const Operation& pad = operations_[index];
    const std::optional<size_t> reader = OnlyReader(pad.target);
    if (!reader) return false;
    auto* convolution = std::get_if<Convolution>(&operations_[*reader].kind);
    if (convolution == nullptr || convolution->affine) return false;
    convolution->padding.top += padding.top;
    convolution->padding.left += padding.left;
    convolution->padding.bottom += padding.bottom;
    convolution->padding.right += padding.right;
    operations_[*reader].sources[0] = pad.sources[0];
    gone_[index] = true;
    return true;
  }

  bool MergeLimit(size_t index, const Clip& clip) {
    const std::optional<size_t> maker =
        OpenConvolution(operations_[index].sources[0]);
    if (!maker) return false;
    std::get<Convolution>(operations_[*maker].kind).clip = clip;
    TakeOver(*maker, index);
    return true;
  }

  bool MergeAdd(size_t index, const Add& add) {
    const std::vector<ValueId>& sources = operations_[index].sources;
    for (const size_t side : {size_t{0}, size_t{1}}) {
      const std::optional<size_t> maker = OpenConvolution(sources[side]);
      if (!maker || addends_[*maker]) continue;
      auto& convolution = std::get<Convolution>(operations_[*maker].kind);
      convolution.clip = add.clip;
      convolution.affine = add.affine;
      addends_[*maker] = sources[1 - side];
      TakeOver(*maker, index);
      return true;
    }
    return false;
  }

  // The convolution that makes `value` and can still get something appended.
  std::optional<size_t> OpenConvolution(ValueId value) const {
    const std::optional<size_t> maker = Maker(value);
    if (!maker || !OnlyReader(value)) return std::nullopt;
    const auto* convolution =
        std::get_if<Convolution>(&operations_[*maker].kind);
    const bool open = convolution != nullptr && convolution->clip == kNoClip;
    return open ? maker : std::nullopt;
  }

  // `maker` now makes what `index` made.
  void TakeOver(size_t maker, size_t index) {
    operations_[maker].target = operations_[index].target;
    operations_[maker].name = operations_[index].name;
    gone_[index] = true;
  }

  std::optional<size_t> Maker(ValueId value) const {
    for (size_t i = 0; i < operations_.size(); ++i) {
      if (!gone_[i] && operations_[i].target == value) return i;
    }
    return std::nullopt;
  }

  std::optional<size_t> OnlyReader(ValueId value) const {
    std::optional<size_t> reader;
    size_t uses = value == output_ ? 1 : 0;
    for (size_t i = 0; i < operations_.size(); ++i) {
      if (gone_[i]) continue;
      const std::vector<ValueId>& sources = operations_[i].sources;
      const auto reads = std::count(sources.begin(), sources.end(), value);
      const bool adds = addends_[i] == value;
      uses += static_cast<size_t>(reads) + (adds ? 1 : 0);
      if (reads > 0 || adds) reader = i;
    }
    return uses == 1 ? reader : std::nullopt;
  }

  Layer AsLayer(size_t index) const {
    const Operation& operation = operations_[index];
    Layer layer{.kind = MaxPool{},
                .source = operation.sources[0],
                .addend = addends_[index],
                .target = operation.target,
                .name = operation.name};
    if (auto* convolution = std::get_if<Convolution>(&operation.kind)) {
      layer.kind = *convolution;
    } else {
      layer.kind = std::get<MaxPool>(operation.kind);
    }
    return layer;
  }

  std::vector<Operation> operations_;
  std::vector<std::optional<ValueId>> addends_;
  std::vector<bool> gone_;
  ValueId output_;
  Head head_;
};

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

std::optional<Activation> ResultOf(const Convolution& convolution,
                                   const Activation& source) {
  if (source.channels != convolution.in_channels) return std::nullopt;
  Activation target =
      Slide(source, {convolution.kernel, convolution.stride,
                     convolution.dilation, convolution.padding});
  target.channels = convolution.out_channels;
  target.affine = convolution.affine;
  return target;
}

std::optional<Activation> ResultOf(const MaxPool& pool,
                                   const Activation& source) {
  return Slide(source, {pool.kernel, pool.stride, {}, pool.padding});
}

bool SameShape(const Activation& left, const Activation& right) {
  return left.channels == right.channels && left.height == right.height &&
         left.width == right.width;
}

// False if the layers' shapes do not fit.
bool FillActivations(Trunk& trunk) {
  for (const Layer& layer : trunk.layers) {
    const Activation& source = trunk.activations[layer.source];
    const std::optional<Activation> target = std::visit(
        [&](const auto& kind) { return ResultOf(kind, source); }, layer.kind);
    if (!target || target->height < 1 || target->width < 1) return false;
    if (layer.addend && !SameShape(*target, trunk.activations[*layer.addend])) {
      return false;
    }
    trunk.activations[layer.target] = *target;
  }
  return true;
}

bool HeadFits(const Trunk& trunk) {
  const std::optional<Linear>& linear = trunk.head.linear;
  return !linear ||
         linear->in_features == trunk.activations[trunk.output].channels;
}

}  // namespace

Activation ResultOf(const Trunk& trunk) {
  Activation result = trunk.activations[trunk.output];
  result.affine = std::nullopt;
  if (trunk.head.averages) result.height = result.width = 1;
  if (trunk.head.linear) result.channels = trunk.head.linear->out_features;
  return result;
}

std::optional<Trunk> Fuse(std::span<const Operation> operations, ValueId output,
                          const Activation& input) {
  Fusion fusion(operations, output);
  if (!fusion.Run()) return std::nullopt;
  ValueId largest = kInputValue;
  for (const Operation& operation : operations) {
    largest = std::max(largest, operation.target);
  }
  Trunk trunk{.layers = fusion.OrderedLayers(),
              .head = fusion.head(),
              .activations = std::vector<Activation>(largest + 1),
              .output = fusion.output()};
  trunk.activations[kInputValue] = input;
  const bool fits =
      !trunk.layers.empty() && FillActivations(trunk) && HeadFits(trunk);
  return fits ? std::optional(std::move(trunk)) : std::nullopt;
}

}  // namespace wanwu::model::trunk
