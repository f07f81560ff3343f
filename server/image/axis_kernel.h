#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace wanwu::image {

enum class AxisDirection { kForward, kMirrored };

// One axis of "mirror if asked, resize to resized_length, crop". All lengths
// in pixels and positive; the crop lies within the resized length.
struct AxisGeometry {
  int source_length = 0;
  int resized_length = 0;
  int crop_begin = 0;
  int crop_length = 0;
  AxisDirection direction = AxisDirection::kForward;
};

// The weights that turn source pixels into cropped, resized ones along an axis:
// Pillow's bilinear filter, widened when it shrinks, in fixed point. Bit for
// bit Pillow 9.4's coefficients. Immutable.
class AxisKernel {
 public:
  // Weights are multiples of 2^-kFractionBits.
  static constexpr int kFractionBits = 22;

  struct Taps {
    int first = 0;  // Source index of weights.front().
    std::span<const int32_t> weights;

    int end() const { return first + static_cast<int>(weights.size()); }
  };

  explicit AxisKernel(const AxisGeometry& geometry);

  int size() const { return static_cast<int>(outputs_.size()); }

  // What output `index` of the crop is made of.
  Taps taps(int index) const {
    const Output& output = outputs_[static_cast<size_t>(index)];
    return {output.first,
            std::span(weights_).subspan(output.offset, output.count)};
  }

  // The source indices that any output needs: [source_begin, source_end).
  int source_begin() const { return source_begin_; }
  int source_end() const { return source_end_; }
  // The most source pixels that one output needs.
  int max_taps() const { return max_taps_; }

 private:
  struct Output {
    int first = 0;
    size_t count = 0;
    size_t offset = 0;
  };

  void AddOutput(const AxisGeometry& geometry, int index);

  std::vector<Output> outputs_;
  std::vector<int32_t> weights_;
  int source_begin_ = 0;
  int source_end_ = 0;
  int max_taps_ = 0;
};

// A weighted sum, which starts at kRoundingHalf, back to a byte.
inline constexpr int32_t kRoundingHalf = 1 << (AxisKernel::kFractionBits - 1);
constexpr uint8_t ClampToByte(int32_t sum) {
  const int32_t value = sum >> AxisKernel::kFractionBits;
  return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

}  // namespace wanwu::image
