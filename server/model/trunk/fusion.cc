#include "server/model/trunk/fusion.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <type_traits>
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
      for (const ValueId source : operation.sources) emit(source);
      if (addends_[*maker]) emit(*addends_[*maker]);
      layers.push_back(AsLayer(*maker));
    };
    emit(output_);
    return layers;
  }

 private:
  bool Merge(size_t index) {
    if (gone_[index]) return true;
    const Operation& operation = operations_[index];
    if (auto* pad = std::get_if<ZeroPad>(&operation.kind)) {
      return MergePad(index, pad->padding);
    }
    if (auto* limit = std::get_if<Limit>(&operation.kind)) {
      return MergeLimit(index, limit->clip);
    }
    if (auto* bend = std::get_if<Bend>(&operation.kind)) {
      return MergeBend(index, bend->curve);
    }
    if (auto* add = std::get_if<Add>(&operation.kind)) {
      return MergeAdd(index, *add);
    }
    return LayerKind(operation).has_value();
  }

  // Of those that are layers as they are.
  static std::optional<decltype(Layer::kind)> LayerKind(
      const Operation& operation) {
    return std::visit(
        []<typename Kind>(
            const Kind& kind) -> std::optional<decltype(Layer::kind)> {
          if constexpr (std::is_constructible_v<decltype(Layer::kind), Kind>) {
            return kind;
          } else {
            return std::nullopt;
          }
        },
        operation.kind);
  }

  // Takes linear layers, flatten, average and dequantise off the end, in this
  // order.
  bool PeelHead() {
    while (PeelHeadLayer()) {
    }
    const bool flatten = Peel<Flatten>() != nullptr;
    if (const auto* average = Peel<GlobalAverage>()) {
      head_.averages = true;
      head_.flattens = flatten || average->flat;
    }
    head_.dequantises = Peel<Dequantise>() != nullptr;
    // Flattening more than one pixel would want another layout.
    if (flatten && !head_.averages) return false;
    return head_.layers.empty() || head_.flattens;
  }

  // A linear layer with the limit or curve after it.
  bool PeelHeadLayer() {
    HeadLayer layer;
    const std::optional<size_t> last = Maker(output_);
    if (last && Made<Linear>(operations_[*last].sources[0]) != nullptr) {
      if (const auto* limit = Peel<Limit>()) layer.clip = limit->clip;
      if (const auto* bend = Peel<Bend>()) layer.curve = bend->curve;
    }
    const auto* linear = Peel<Linear>();
    if (linear == nullptr) return false;
    layer.linear = *linear;
    head_.layers.insert(head_.layers.begin(), std::move(layer));
    return true;
  }

  // The maker of `value` if it is of that kind.
  template <typename Kind>
  const Kind* Made(ValueId value) const {
    const std::optional<size_t> maker = Maker(value);
    return maker ? std::get_if<Kind>(&operations_[*maker].kind) : nullptr;
  }

  // The output's maker if it is of that kind; what it reads is the output then.
  template <typename Kind>
  const Kind* Peel() {
    const Kind* kind = Made<Kind>(output_);
    if (kind == nullptr) return nullptr;
    const size_t maker = *Maker(output_);
    gone_[maker] = true;
    output_ = operations_[maker].sources[0];
    return kind;
  }

  // Into the convolution that alone reads it.
  bool MergePad(size_t index, const Padding& padding) {
    const Operation& pad = operations_[index];
    const std::optional<size_t> reader = OnlyReader(pad.target);
    if (!reader) return false;
    auto* convolution = std::get_if<Convolution>(&operations_[*reader].kind);
    if (convolution == nullptr) return false;
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

  bool MergeBend(size_t index, Curve curve) {
    const std::optional<size_t> maker =
        OpenConvolution(operations_[index].sources[0]);
    if (!maker) return false;
    auto& convolution = std::get<Convolution>(operations_[*maker].kind);
    if (convolution.affine) return false;
    convolution.curve = curve;
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
    const bool open = convolution != nullptr && convolution->clip == kNoClip &&
                      convolution->curve == Curve::kNone;
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
    const std::vector<ValueId>& sources = operation.sources;
    Layer layer{.kind = *LayerKind(operation),
                .source = sources[0],
                .addend = addends_[index],
                .target = operation.target,
                .name = operation.name};
    layer.more_sources.assign(sources.begin() + 1, sources.end());
    return layer;
  }

  std::vector<Operation> operations_;
  std::vector<std::optional<ValueId>> addends_;
  std::vector<bool> gone_;
  ValueId output_;
  Head head_;
};

}  // namespace

std::optional<FusedOperations> FuseOperations(
    std::span<const Operation> operations, ValueId output) {
  Fusion fusion(operations, output);
  if (!fusion.Run()) return std::nullopt;
  return FusedOperations{fusion.OrderedLayers(), fusion.head(),
                         fusion.output()};
}

}  // namespace wanwu::model::trunk
